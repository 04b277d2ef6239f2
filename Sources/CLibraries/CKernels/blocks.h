#ifndef SHARDMILL_BLOCKS_H
#define SHARDMILL_BLOCKS_H
#include "kernels.h"

#include <string.h>

// Sixty-four bytes and what is said of each of them, in the widest registers there are.
typedef uint8_t block __attribute__((ext_vector_type(64)));
typedef bool answers __attribute__((ext_vector_type(64)));

// The bits of bytes for which a comparison holds, the first byte's the lowest.
#define BITS(comparison)                                                   \
    ({                                                                     \
        const answers held = __builtin_convertvector(comparison, answers); \
        uint64_t bits;                                                     \
        memcpy(&bits, &held, sizeof bits);                                 \
        bits;                                                              \
    })

// Writes the places of bits, eight at once whether there are so many or not: how many there are cannot be foretold.
INLINE uint32_t *write_places(uint32_t *places, uint64_t bits, uint32_t base) {
    const unsigned count = (unsigned)__builtin_popcountll(bits);
    uint32_t *place = places;
    while (bits != 0) {
        for (int i = 0; i < 8; i++) {
            place[i] = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
            bits &= bits - 1;
        }
        place += 8;
    }
    return places + count;
}

#endif
