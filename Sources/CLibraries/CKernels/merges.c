// Merges several short pieces side by side. What a step of one will read from the table of merges is fetched while the others take theirs,
// so that nobody waits for memory. `PairMerger` does the same with a heap, piece by piece; it is the oracle of the tests.
#include "include/CKernels.h"
#include "kernels.h"

#include <string.h>

typedef int32_t block __attribute__((ext_vector_type(16)));

INLINE uint64_t hash(uint64_t key) {
    const uint64_t mixed = key * 0x9E3779B97F4A7C15;
    const uint64_t product = (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93;
    return product ^ product >> 32;
}

INLINE uint64_t key_of(uint32_t left, uint32_t right) { return ~((uint64_t)left << 32 | right); }

INLINE void fetch(const struct shardmill_merges *table, uint64_t hash) {
    __builtin_prefetch(table->filter + (hash >> table->shift >> 6));
    __builtin_prefetch(table->slots + (hash & table->mask));
}

// Notes the merge of the pair at `place`: its key has the rank above and the place in the 6 bits below. Whether there is one cannot be
// foreseen, so that it is not asked by a branch: a pair that the filter does not know is looked for in the slot behind the last, which
// is empty.
INLINE void look_up(const struct shardmill_merges *table, struct shardmill_lane *lane, unsigned place, uint64_t key, uint64_t hash) {
    const uint64_t bit = hash >> table->shift;
    const bool may_be = table->filter[bit >> 6] >> (bit & 63) & 1;
    uint64_t slot = may_be ? hash & table->mask : table->mask + 1;
    while (table->slots[slot].key != key && table->slots[slot].key != 0) slot = (slot + 1) & table->mask;
    const struct shardmill_merge *found = table->slots + slot;
    const uint64_t merge = found->merge;
    lane->keys[place] = found->key == key ? (int32_t)((uint32_t)(merge >> 32) << 6 | place) : INT32_MAX;
    lane->results[place] = (uint32_t)merge;
}

// Looks up the pairs that the last merge made, and takes the next; false where there is none.
INLINE bool step(const struct shardmill_merges *table, struct shardmill_lane *lane) {
    if (lane->waits_right) look_up(table, lane, lane->place, lane->right_key, lane->right_hash);
    if (lane->waits_left) look_up(table, lane, lane->left, lane->left_key, lane->left_hash);
    block least;
    memcpy(&least, lane->keys, sizeof least);
    for (unsigned index = 16; index < lane->count; index += 16) {
        block next;
        memcpy(&next, lane->keys + index, sizeof next);
        least = __builtin_elementwise_min(least, next);
    }
    const int32_t best = __builtin_reduce_min(least);
    if (best == INT32_MAX) {
        unsigned kept = 0;
        for (uint64_t alive = lane->alive; alive != 0; alive &= alive - 1)
            lane->symbols[kept++] = lane->symbols[__builtin_ctzll(alive)];
        lane->count = kept;
        return false;
    }
    const unsigned place = (unsigned)best & 63;
    const uint32_t symbol = lane->results[place];
    lane->symbols[place] = symbol;
    uint64_t behind = lane->alive & ~((2ull << place) - 1);
    const unsigned taken = (unsigned)__builtin_ctzll(behind);
    const uint64_t alive = lane->alive & ~(1ull << taken);
    lane->alive = alive;
    lane->keys[taken] = INT32_MAX;
    lane->keys[place] = INT32_MAX;
    behind &= behind - 1;
    const uint64_t before = alive & ((1ull << place) - 1);
    lane->place = (uint8_t)place;
    lane->waits_right = behind != 0;
    lane->waits_left = before != 0;
    if (behind != 0) {
        lane->right_key = key_of(symbol, lane->symbols[__builtin_ctzll(behind)]);
        lane->right_hash = hash(lane->right_key);
        fetch(table, lane->right_hash);
    }
    if (before != 0) {
        lane->left = (uint8_t)(63 - __builtin_clzll(before));
        lane->left_key = key_of(lane->symbols[lane->left], symbol);
        lane->left_hash = hash(lane->left_key);
        fetch(table, lane->left_hash);
    }
    return true;
}

void shardmill_begin_lane(
    struct shardmill_lane *lane, const uint32_t *symbols, const uint64_t *pairs, uint32_t count) {
    const unsigned blocks = (count + 15) / 16;
    for (unsigned index = 0; index < blocks * 16; index++) lane->keys[index] = INT32_MAX;
    for (unsigned index = 0; index + 1 < count; index++) {
        if (pairs[index] != UINT64_MAX) lane->keys[index] = (int32_t)((uint32_t)(pairs[index] >> 32) << 6 | index);
        lane->results[index] = (uint32_t)pairs[index];
    }
    memcpy(lane->symbols, symbols, count * sizeof *symbols);
    lane->alive = (1ull << count) - 1;
    lane->count = count;
    lane->waits_left = lane->waits_right = 0;
}

CLONES void shardmill_merge_lanes(const struct shardmill_merges *table, struct shardmill_lane *lanes, uint32_t count) {
    for (uint32_t active = (1u << count) - 1; active != 0;) {
        for (uint32_t left = active; left != 0; left &= left - 1) {
            const unsigned lane = (unsigned)__builtin_ctz(left);
            if (!step(table, lanes + lane)) active &= ~(1u << lane);
        }
    }
}
