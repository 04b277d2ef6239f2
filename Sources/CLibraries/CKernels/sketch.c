// Shingles and their sketches for near-duplicate detection; plain twins stand in the tests of Deduplication.
#include "include/CKernels.h"
#include "kernels.h"

#include <string.h>

// The multipliers of Stafford's variant 13 of the finaliser of MurmurHash3.
INLINE uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// A sum of the items, each times a power of one odd number, and then a bijection: no serial chain, so that lanes work side by side.
CLONES void shardmill_hash_shingles(const uint64_t *items, size_t count, size_t size, uint64_t *hashes) {
    const size_t results = count - size + 1;
    enum { stretch = 512 };
    for (size_t at = 0; at < results; at += stretch) {
        const size_t n = results - at < stretch ? results - at : stretch;
        uint64_t sums[stretch];
        for (size_t i = 0; i < n; i++) sums[i] = size * 0x9E3779B97F4A7C15ull;
        uint64_t factor = 0xD1342543DE82EF95ull;
        for (size_t k = 0; k < size; k++) {
            const uint64_t *item = items + at + k;
            for (size_t i = 0; i < n; i++) sums[i] += item[i] * factor;
            factor *= 0xD1342543DE82EF95ull;
        }
        for (size_t i = 0; i < n; i++) hashes[at + i] = mixed(sums[i]);
    }
}

INLINE void keep_smallest(uint64_t value, uint64_t bins, uint64_t *smallest) {
    const size_t bin = (size_t)((unsigned __int128)value * bins >> 64);
    const uint64_t known = smallest[bin];
    smallest[bin] = value < known ? value : known;
}

void shardmill_sketch_first(
    const uint64_t *hashes, size_t count, uint64_t key, uint64_t bins, uint64_t *smallest) {
    const uint64_t factor = key | 1;
    for (size_t i = 0; i < count; i++) keep_smallest(hashes[i] * factor, bins, smallest);
}

void shardmill_sketch_round(
    const uint64_t *hashes, size_t count, uint64_t key, uint64_t bins, uint64_t *smallest) {
    for (size_t i = 0; i < count; i++) keep_smallest(mixed(hashes[i] ^ key), bins, smallest);
}

size_t shardmill_count_common(const uint64_t *left, size_t leftCount, const uint64_t *right, size_t rightCount) {
    size_t i = 0, j = 0, common = 0;
    while (i < leftCount && j < rightCount) {
        const uint64_t a = left[i], b = right[j];
        common += a == b;
        i += a <= b;
        j += b <= a;
    }
    return common;
}
