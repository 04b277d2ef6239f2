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

#endif
