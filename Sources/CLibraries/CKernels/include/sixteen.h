#ifndef SHARDMILL_SIXTEEN_H
#define SHARDMILL_SIXTEEN_H

// Questions about sixteen bytes at a time, answered by one bit for each, the first byte lowest. Inlined into their callers, whose
// stretches are a few bytes long: a call would cost more than it saves. Oracles are the plain loops in the tests of Readers.

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

#define SHARDMILL_SIXTEEN(name, expression) \
    static inline uint32_t name(const uint8_t *_Nonnull bytes) { \
        __m128i v = _mm_loadu_si128((const __m128i *)bytes); \
        return (uint32_t)_mm_movemask_epi8(expression); \
    }
#define IS(byte) _mm_cmpeq_epi8(v, _mm_set1_epi8(byte))
// Equal but for the bits that are not in the mask: two bytes with one comparison.
#define IS_UNDER(mask, byte) _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)(mask))), _mm_set1_epi8(byte))
#define IS_AT_MOST(byte) _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(byte)), v)
#define OR(a, b) _mm_or_si128(a, b)
#define IS_START _mm_cmpgt_epi8(v, _mm_set1_epi8(-65))
#else
#define SHARDMILL_SIXTEEN(name, expression) \
    static inline uint32_t name(const uint8_t *_Nonnull bytes) { \
        uint32_t mask = 0; \
        for (int i = 0; i < 16; i++) { \
            uint8_t v = bytes[i]; \
            mask |= (uint32_t)((expression) != 0) << i; \
        } \
        return mask; \
    }
#define IS(byte) (v == (byte))
#define IS_UNDER(mask, byte) ((v & (mask)) == (byte))
#define IS_AT_MOST(byte) (v <= (byte))
#define OR(a, b) ((a) | (b))
#define IS_START ((int8_t)v > -65)
#endif

/// Where the name of a tag or an attribute ends at the latest: white space and controls, `=`, `>`, `/`.
SHARDMILL_SIXTEEN(shardmill_name_ends, OR(OR(IS_AT_MOST(0x20), IS(0x3D)), OR(IS(0x3E), IS(0x2F))))

/// What needs a closer look in the value of an attribute: quotes, `<`, `>`, `&`, controls.
SHARDMILL_SIXTEEN(
    shardmill_value_stops, OR(OR(IS_AT_MOST(0x1F), IS(0x22)), OR(IS_UNDER(0xFE, 0x26), IS_UNDER(0xFD, 0x3C))))

/// What needs a closer look in text between tags: `<`, `>`, `&`, carriage returns.
SHARDMILL_SIXTEEN(shardmill_text_stops, OR(IS_UNDER(0xFD, 0x3C), OR(IS(0x26), IS(0x0D))))

/// Where scalars of UTF-8 begin.
SHARDMILL_SIXTEEN(shardmill_scalar_starts, IS_START)

#undef SHARDMILL_SIXTEEN
#undef IS
#undef IS_UNDER
#undef IS_AT_MOST
#undef OR
#undef IS_START

#endif
