// Where the words of a text stand and what they hash to, 64 bytes at a time. `WordScanner` says the same scalar by scalar; it takes over
// where something else than ASCII stands, and is the oracle of the tests.
#include "include/CKernels.h"
#include "blocks.h"
#include "kernels.h"

#include <string.h>

// Digits of the square roots of 2 and 3.
#define FIRST_KEY 0x6A09E667F3BCC909ull
#define SECOND_KEY 0xBB67AE8584CAA73Bull
#define LENGTH_KEY 0x9E3779B97F4A7C15ull
// Both cases of a letter, digits as they are, and `_` the byte 0x7F, which is in no word.
#define LOWERED 0x2020202020202020ull

INLINE uint64_t folded_product(uint64_t a, uint64_t b) {
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

INLINE uint64_t eight(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, 8);
    return value;
}

// The first `count` bytes of eight, the others 0.
INLINE uint64_t kept(uint64_t value, size_t count) {
    return count >= 8 ? value : value & ((1ull << (8 * count)) - 1);
}

// At least 16 bytes can be read at every group of the word.
INLINE uint64_t word_hash(const uint8_t *bytes, size_t length) {
    uint64_t state = length * LENGTH_KEY;
    while (length > 16) {
        state = folded_product(
            (eight(bytes) | LOWERED) ^ FIRST_KEY ^ state, (eight(bytes + 8) | LOWERED) ^ SECOND_KEY);
        bytes += 16;
        length -= 16;
    }
    const uint64_t first = kept(eight(bytes) | LOWERED, length);
    const uint64_t second = kept(eight(bytes + 8) | LOWERED, length > 8 ? length - 8 : 0);
    return folded_product(first ^ FIRST_KEY ^ state, second ^ SECOND_KEY);
}

CLONES size_t shardmill_scan_words(
    const uint8_t *bytes, size_t count, size_t *position, uint64_t *hashes, uint32_t *starts, uint32_t *ends) {
    size_t at = *position, words = 0;
    uint32_t *nextStart = starts, *nextEnd = ends;
    // Whether a word reaches the end of the last block.
    uint64_t isOpen = 0;
    bool isStopped = false;
    while (at < count && !isStopped) {
        const size_t stretch = count - at > 4096 ? at + 4096 : count;
        while (at < stretch) {
            block v = 0;
            if (count - at >= 64) memcpy(&v, bytes + at, 64);
            else memcpy(&v, bytes + at, count - at);
            const uint64_t foreign = BITS(v >= 0x80);
            uint64_t word = BITS((((v | 0x20) - 'a') < 26) | ((v - '0') < 10) | (v == '_'));
            uint64_t known = ~0ull;
            if (foreign != 0) {
                known = (foreign & -foreign) - 1;
                word &= known;
            }
            const uint64_t shifted = word << 1 | isOpen;
            nextStart = write_places(nextStart, word & ~shifted & known, (uint32_t)at);
            nextEnd = write_places(nextEnd, ~word & shifted & known, (uint32_t)at);
            isOpen = word >> 63;
            if (foreign != 0) {
                at += (size_t)__builtin_ctzll(foreign);
                isStopped = true;
                break;
            }
            at += 64;
        }
        if (at > count) at = count;
        if (at == count && isOpen && !isStopped) *nextEnd++ = (uint32_t)count;
        const size_t ended = (size_t)(nextEnd - ends);
        for (; words < ended; words++) {
            const size_t start = starts[words], length = ends[words] - start;
            if (start + length + 16 <= count) {
                hashes[words] = word_hash(bytes + start, length);
            } else if (length <= 48) {
                uint8_t copy[64] = {0};
                memcpy(copy, bytes + start, length);
                hashes[words] = word_hash(copy, length);
            } else {
                // What is read behind the text must be there: only the last group needs it.
                const size_t whole = (length - 1) / 16 * 16;
                uint64_t state = length * LENGTH_KEY;
                for (size_t i = 0; i < whole; i += 16) {
                    state = folded_product(
                        (eight(bytes + start + i) | LOWERED) ^ FIRST_KEY ^ state,
                        (eight(bytes + start + i + 8) | LOWERED) ^ SECOND_KEY);
                }
                uint8_t copy[16] = {0};
                memcpy(copy, bytes + start + whole, length - whole);
                const size_t rest = length - whole;
                hashes[words] = folded_product(
                    kept(eight(copy) | LOWERED, rest) ^ FIRST_KEY ^ state,
                    kept(eight(copy + 8) | LOWERED, rest > 8 ? rest - 8 : 0) ^ SECOND_KEY);
            }
        }
    }
    // A word that something else than ASCII touches is not known yet.
    if ((size_t)(nextStart - starts) > words) at = starts[words];
    *position = at;
    return words;
}
