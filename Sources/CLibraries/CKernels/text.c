#include "blocks.h"
#include "kernels.h"

#include <string.h>

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

size_t shardmill_find_link_mark(const uint8_t *bytes, size_t count) {
    size_t index = 0;
#if defined(__SSE2__)
    const __m128i opening = _mm_set1_epi8('['), closing = _mm_set1_epi8(']'), bar = _mm_set1_epi8('|');
    for (; index + 16 <= count; index += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
        const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(block, opening), _mm_cmpeq_epi8(block, closing));
        const int hits = _mm_movemask_epi8(_mm_or_si128(ends, _mm_cmpeq_epi8(block, bar)));
        if (hits != 0) return index + (size_t)__builtin_ctz((unsigned)hits);
    }
#endif
    while (index < count && bytes[index] != '[' && bytes[index] != ']' && bytes[index] != '|') index++;
    return index;
}

// The number of bytes that `counts` says 1 of. Sums of at most 255 fit the lanes of bytes, so that the inner loop vectorises.
INLINE size_t sum(const uint8_t *bytes, size_t count, uint8_t (*counts)(uint8_t)) {
    size_t total = 0;
    for (size_t index = 0; index < count; index += 128) {
        const size_t end = count - index < 128 ? count : index + 128;
        uint8_t found = 0;
        for (size_t place = index; place < end; place++) found += counts(bytes[place]);
        total += found;
    }
    return total;
}

INLINE uint8_t is_white(uint8_t byte) {
    return (byte == 0x20) | (byte == 0x0A) | (byte == 0x09) | (byte == 0x0D) | (byte == 0x0C);
}
INLINE uint8_t is_control(uint8_t byte) { return (byte < 0x20) & !is_white(byte); }
INLINE uint8_t is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

CLONES size_t shardmill_count_controls(const uint8_t *bytes, size_t count) { return sum(bytes, count, is_control); }

CLONES size_t shardmill_count_continuations(const uint8_t *bytes, size_t count) {
    return sum(bytes, count, is_continuation);
}

void shardmill_count_text(const uint8_t *bytes, size_t count, size_t *white, size_t *continuations) {
    size_t whites = 0, continued = 0, index = 0;
#if defined(__SSE2__)
    // Texts are often shorter than the widest registers: sixteen bytes a step leave little to the loop behind.
    const __m128i zero = _mm_setzero_si128(), space = _mm_set1_epi8(0x20), nine = _mm_set1_epi8(9);
    const __m128i four = _mm_set1_epi8(4), two = _mm_set1_epi8(2), leads = _mm_set1_epi8(-64);
    while (index + 16 <= count) {
        // Matches are -1; 255 of them fit a lane.
        const size_t end = count - index > 16 * 255 ? index + 16 * 255 : count;
        __m128i blanks = zero, inside = zero;
        for (; index + 16 <= end; index += 16) {
            const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
            const __m128i moved = _mm_sub_epi8(block, nine);
            const __m128i isControl = _mm_andnot_si128(
                _mm_cmpeq_epi8(moved, two), _mm_cmpeq_epi8(_mm_min_epu8(moved, four), moved));
            blanks = _mm_sub_epi8(blanks, _mm_or_si128(isControl, _mm_cmpeq_epi8(block, space)));
            inside = _mm_sub_epi8(inside, _mm_cmplt_epi8(block, leads));
        }
        const __m128i blankSums = _mm_sad_epu8(blanks, zero), insideSums = _mm_sad_epu8(inside, zero);
        whites += (size_t)_mm_cvtsi128_si64(blankSums) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(blankSums, 8));
        continued += (size_t)_mm_cvtsi128_si64(insideSums) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(insideSums, 8));
    }
#endif
    *white = whites + sum(bytes + index, count - index, is_white);
    *continuations = continued + sum(bytes + index, count - index, is_continuation);
}

// The length of the reference behind an ampersand, itself included, and what it stands for; 0 where it is none of the five.
static inline size_t reference(const uint8_t *bytes, size_t count, uint8_t *meaning) {
    if (count < 4) return 0;
    switch (bytes[1]) {
    case 'l': *meaning = '<'; return bytes[2] == 't' && bytes[3] == ';' ? 4 : 0;
    case 'g': *meaning = '>'; return bytes[2] == 't' && bytes[3] == ';' ? 4 : 0;
    case 'q': *meaning = '"'; return count >= 6 && memcmp(bytes + 2, "uot;", 4) == 0 ? 6 : 0;
    case 'a':
        *meaning = '&';
        if (count >= 5 && memcmp(bytes + 2, "mp;", 3) == 0) return 5;
        *meaning = '\'';
        return count >= 6 && memcmp(bytes + 2, "pos;", 4) == 0 ? 6 : 0;
    default: return 0;
    }
}

size_t shardmill_count_references(const uint8_t *bytes, size_t count, size_t *referenceBytes, size_t *others) {
    size_t found = 0, length = 0, strays = 0, index = 0;
    uint8_t meaning;
#if defined(__SSE2__)
    const __m128i ampersand = _mm_set1_epi8('&');
    for (; index + 16 <= count; index += 16) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
        for (unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, ampersand)); hits != 0; hits &= hits - 1) {
            const size_t place = index + (size_t)__builtin_ctz(hits);
            const size_t taken = reference(bytes + place, count - place, &meaning);
            found += taken != 0;
            strays += taken == 0;
            length += taken;
        }
    }
#endif
    for (; index < count; index++) {
        if (bytes[index] != '&') continue;
        const size_t taken = reference(bytes + index, count - index, &meaning);
        found += taken != 0;
        strays += taken == 0;
        length += taken;
    }
    *referenceBytes = length;
    *others = strays;
    return found;
}

size_t shardmill_resolve_references(const uint8_t *bytes, size_t count, uint8_t *target, size_t *written) {
    size_t index = 0, place = 0;
    while (index < count) {
#if defined(__SSE2__)
        if (index + 16 <= count) {
            const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
            const unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('&')));
            // What stands behind the ampersand is written over.
            _mm_storeu_si128((__m128i *)(target + place), block);
            const size_t plain = hits == 0 ? 16 : (size_t)__builtin_ctz(hits);
            index += plain;
            place += plain;
            if (hits == 0) continue;
        }
#endif
        if (bytes[index] != '&') {
            target[place++] = bytes[index++];
            continue;
        }
        uint8_t meaning;
        const size_t taken = reference(bytes + index, count - index, &meaning);
        if (taken == 0) break;
        target[place++] = meaning;
        index += taken;
    }
    *written = place;
    return index;
}

// The 64 bytes at `index`; where the text ends among them, `end` stands behind it, then zeros.
INLINE void load(block *text, const uint8_t *bytes, size_t count, size_t index, uint8_t end) {
    if (count - index >= 64) {
        memcpy(text, bytes + index, 64);
    } else {
        *text = 0;
        memcpy(text, bytes + index, count - index);
        (*text)[count - index] = end;
    }
}

CLONES size_t shardmill_find_blank_lines(
    const uint8_t *bytes, size_t count, size_t *feeds, size_t capacity, size_t *next) {
    // Whether the block begins inside the white space a line begins with, or behind the carriage return after it.
    uint64_t inside = 1, returned = 0;
    size_t found = 0;
    for (size_t index = 0; index <= count; index += 64) {
        if (found + 64 > capacity) {
            *next = feeds[found - 1] + 1;
            return found;
        }
        // The end of the text ends its last line.
        block text;
        load(&text, bytes, count, index, '\n');
        const uint64_t ends = BITS(text == '\n');
        const uint64_t starts = ends << 1 | inside;
        if ((starts | returned | ends) == 0) continue;
        const uint64_t white = BITS((text == ' ') | (text == '\t'));
        // Adding a run of ones to its first one carries to the place behind the run.
        uint64_t behind;
        const int carries = __builtin_add_overflow(starts & white, white, &behind);
        const uint64_t first = (starts | behind) & ~white;
        const uint64_t returns = first & BITS(text == '\r');
        uint64_t blanks = (first | returns << 1 | returned) & ends;
        // Four places are written whether there are so many or not: how many there are cannot be foretold.
        size_t *place = feeds + found;
        found += (size_t)__builtin_popcountll(blanks);
        do {
            for (int step = 0; step < 4; step++) {
                *place++ = index + (size_t)__builtin_ctzll(blanks | 1ull << 63);
                blanks &= blanks - 1;
            }
        } while (blanks != 0);
        inside = ends >> 63 | (uint64_t)carries;
        returned = returns >> 63;
    }
    *next = count;
    return found;
}

CLONES size_t shardmill_skip_ascii(const uint8_t *bytes, size_t count) {
    size_t index = 0;
    for (; index + 64 <= count; index += 64) {
        block text;
        memcpy(&text, bytes + index, sizeof text);
        if (BITS(text >= 0x80) != 0) break;
    }
    return index;
}

CLONES bool shardmill_holds_control(const uint8_t *bytes, size_t count) {
    for (size_t index = 0; index < count; index += 64) {
        block text;
        load(&text, bytes, count, index, ' ');
        const uint64_t low = BITS(text < 0x20);
        const uint64_t inside = count - index < 64 ? (1ull << (count - index)) - 1 : ~0ull;
        if ((low & ~BITS((text == '\t') | (text == '\n') | (text == '\r')) & inside) != 0) return true;
    }
    return false;
}

CLONES size_t shardmill_find_tag_end(const uint8_t *bytes, size_t count) {
    size_t quotes = 0;
    for (size_t index = 0; index < count; index += 64) {
        block text;
        load(&text, bytes, count, index, 0);
        const uint64_t ends = BITS(text == '>');
        const uint64_t before = ends == 0 ? ~0ull : (ends & -ends) - 1;
        if ((BITS(text == '\'') & before) != 0) return count;
        quotes += (size_t)__builtin_popcountll(BITS(text == '"') & before);
        if (ends != 0) return quotes % 2 == 0 ? index + (size_t)__builtin_ctzll(ends) : count;
    }
    return count;
}

INLINE uint8_t unrepaired(uint8_t first, uint8_t second, uint8_t third) {
    const uint8_t control = ((first < 0x20) & (first != 0x09) & (first != 0x0A)) | (first == 0x7F);
    const uint8_t latin = (first == 0xC2) & ((second <= 0xA0) | (second == 0xAD));
    const uint8_t separator = (first == 0xE2) & (second == 0x80) & ((third | 1) == 0xA9);
    const uint8_t mark = (first == 0xEF) & (second == 0xBB) & (third == 0xBF);
    return control | latin | separator | mark;
}

// What may begin a defect by its first byte: for text in ASCII as good as all three bytes, at a fraction of the cost.
INLINE uint64_t may_be_unrepaired(const uint8_t *bytes) {
    block text;
    memcpy(&text, bytes, sizeof text);
    const uint64_t controls = BITS(text < 0x20) & ~BITS((text == '\t') | (text == '\n'));
    return controls | BITS((text == 0x7F) | (text == 0xC2) | (text == 0xE2) | (text == 0xEF));
}

CLONES size_t shardmill_skip_repaired(const uint8_t *bytes, size_t count) {
    size_t index = 0;
    for (; index + 66 <= count; index += 64) {
        if (may_be_unrepaired(bytes + index) == 0) continue;
        uint8_t found = 0;
        for (size_t place = index; place < index + 64; place++)
            found |= unrepaired(bytes[place], bytes[place + 1], bytes[place + 2]);
        if (found != 0) break;
    }
    return index;
}

INLINE uint8_t misplaced(uint8_t first, uint8_t second, uint8_t third) {
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
