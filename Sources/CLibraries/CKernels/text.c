#include "kernels.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Places are found sixteen bytes at a time where the processor can compare so many: every x86-64 can. The rest of a text and other
// processors go byte by byte.

size_t shardmill_find_either(const uint8_t *bytes, size_t count, uint8_t first, uint8_t second) {
    size_t index = 0;
#if defined(__SSE2__)
    const __m128i firsts = _mm_set1_epi8((char)first), seconds = _mm_set1_epi8((char)second);
    for (; index + 16 <= count; index += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
        const int hits = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, firsts), _mm_cmpeq_epi8(block, seconds)));
        if (hits != 0) return index + (size_t)__builtin_ctz((unsigned)hits);
    }
#endif
    while (index < count && bytes[index] != first && bytes[index] != second) index++;
    return index;
}

size_t shardmill_find_wiki_mark(const uint8_t *bytes, size_t count) {
    size_t index = 0;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('\''), bracket = _mm_set1_epi8('['), less = _mm_set1_epi8('<');
    const __m128i ampersand = _mm_set1_epi8('&'), line = _mm_set1_epi8('_'), aside = _mm_set1_epi8(1);
    for (; index + 16 <= count; index += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
        const __m128i left = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, bracket)), _mm_cmpeq_epi8(block, less));
        const __m128i right = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, ampersand), _mm_cmpeq_epi8(block, line)), _mm_cmpeq_epi8(block, aside));
        const int hits = _mm_movemask_epi8(_mm_or_si128(left, right));
        if (hits != 0) return index + (size_t)__builtin_ctz((unsigned)hits);
    }
#endif
    for (; index < count; index++) {
        const uint8_t byte = bytes[index];
        if (byte == '\'' || byte == '[' || byte == '<' || byte == '&' || byte == '_' || byte == 1) break;
    }
    return index;
}

// Sums of at most 255 blocks fit the lanes of bytes, so that the inner loops vectorise.

CLONES size_t shardmill_count_controls(const uint8_t *bytes, size_t count) {
    size_t total = 0;
    for (size_t index = 0; index < count; index += 128) {
        const size_t end = count - index < 128 ? count : index + 128;
        uint8_t found = 0;
        for (size_t place = index; place < end; place++) {
            const uint8_t byte = bytes[place];
            found += (byte < 0x20) & (byte != 0x09) & (byte != 0x0A) & (byte != 0x0C) & (byte != 0x0D);
        }
        total += found;
    }
    return total;
}

CLONES void shardmill_count_text(const uint8_t *bytes, size_t count, size_t *white, size_t *continuations) {
    size_t whites = 0, continued = 0;
    for (size_t index = 0; index < count; index += 128) {
        const size_t end = count - index < 128 ? count : index + 128;
        uint8_t blanks = 0, inside = 0;
        for (size_t place = index; place < end; place++) {
            const uint8_t byte = bytes[place];
            blanks += (byte == 0x20) | (byte == 0x0A) | (byte == 0x09) | (byte == 0x0D) | (byte == 0x0C);
            inside += (byte & 0xC0) == 0x80;
        }
        whites += blanks;
        continued += inside;
    }
    *white = whites;
    *continuations = continued;
}

static inline __attribute__((always_inline)) uint8_t misplaced(uint8_t first, uint8_t second, uint8_t third) {
    const uint8_t control = (first < 0x20) & (first != 0x09) & (first != 0x0A) & (first != 0x0D);
    const uint8_t noncharacter = (first == 0xEF) & (second == 0xBF) & (third >= 0xBE);
    const uint8_t section = (first == ']') & (second == ']') & (third == '>');
    return control | noncharacter | section;
}

CLONES bool shardmill_has_no_place_in_xml(const uint8_t *bytes, size_t count) {
    size_t index = 0;
    for (; index + 1026 <= count; index += 1024) {
        uint8_t found = 0;
        for (size_t place = index; place < index + 1024; place++)
            found |= misplaced(bytes[place], bytes[place + 1], bytes[place + 2]);
        if (found != 0) return true;
    }
    for (; index < count; index++) {
        const uint8_t second = index + 1 < count ? bytes[index + 1] : 0, third = index + 2 < count ? bytes[index + 2] : 0;
        if (misplaced(bytes[index], second, third) != 0) return true;
    }
    return false;
}
