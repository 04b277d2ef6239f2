// Where the pieces of a text begin, 64 bytes at a time: what each byte is becomes a word of 64 bits, and the split patterns become
// operations on those words. The scanners of Tokenization say the same piece by piece; they are the oracle of the tests.
#include "include/CKernels.h"
#include "blocks.h"
#include "kernels.h"

#include <string.h>

// What the bytes before the first that is not ASCII are. `space` is a part of `white`, `apostrophe` of `other`.
typedef struct {
    uint64_t letter, number, space, white, line_end, other, apostrophe;
    // How many bytes there are.
    unsigned count;
} classes;

INLINE uint64_t below(unsigned count) { return count > 63 ? ~0ull : (1ull << count) - 1; }
INLINE uint64_t starts(uint64_t runs) { return runs & ~(runs << 1); }
INLINE unsigned highest(uint64_t bits) { return 63 - (unsigned)__builtin_clzll(bits); }

// Handles the apostrophes of `leads`, each alone and before a letter: where a contraction ends a piece begins, and where the bytes do
// not tell, nothing behind the apostrophe is known. Letters of either case where `folds` is 0x20.
INLINE uint64_t with_contractions(
    uint64_t begins, uint64_t leads, const uint8_t *bytes, unsigned count, uint8_t folds) {
    for (; leads != 0; leads &= leads - 1) {
        const unsigned place = (unsigned)__builtin_ctzll(leads);
        if (place + 3 >= count) return begins & below(place + 1);
        const uint8_t first = bytes[place + 1] | folds, second = bytes[place + 2] | folds;
        unsigned length = 0;
        if (first == 's' || first == 't' || first == 'm' || first == 'd') length = 2;
        if ((first == 'r' || first == 'v') && second == 'e') length = 3;
        if (first == 'l' && second == 'l') length = 3;
        if (length == 0) continue;
        begins &= ~(2ull << place);
        begins |= 1ull << (place + length);
    }
    return begins;
}

// The pattern of GPT-2, and the same where each digit is a piece.
INLINE uint64_t begin_gpt2(const classes *is, const uint8_t *bytes, bool splits_digits, uint64_t *white) {
    const uint64_t blank = is->white | is->line_end;
    const uint64_t spaced = is->space << 1;
    uint64_t last = blank & ~(blank >> 1);
    uint64_t runs = starts(is->letter) | starts(is->other);
    if (splits_digits) last &= ~(is->number >> 1);
    else runs |= starts(is->number);
    uint64_t begins = starts(blank) | last | (runs & ~spaced);
    if (splits_digits) begins |= is->number;
    *white = blank;
    const uint64_t leads = is->apostrophe & starts(is->other) & ~(is->other >> 1) & ~spaced & is->letter >> 1;
    return with_contractions(begins, leads, bytes, is->count, 0);
}

// The pattern of cl100k, Llama 3 and Qwen 2, with numbers of at most three digits or one.
INLINE uint64_t begin_letters(const classes *is, const uint8_t *bytes, bool single_digits, uint64_t *white) {
    // A row of signs takes the line ends behind it: adding to the first bit of a run carries through it.
    const uint64_t taken = is->line_end & (is->other << 1);
    const uint64_t line_end = is->line_end & (is->line_end + taken);
    const uint64_t blank = is->white | line_end;
    const uint64_t lone = starts(is->other) & ~(is->other >> 1) & ~(is->space << 1);
    const uint64_t last = is->white & ~(is->white >> 1) & (is->letter | is->number | is->other) >> 1;
    uint64_t begins = starts(blank) | ((line_end << 1) & ~line_end) | last;
    begins |= starts(is->letter) & ~((is->white | lone) << 1);
    begins |= starts(is->other) & ~(is->space << 1);
    if (single_digits) {
        begins |= is->number;
    } else {
        const uint64_t three = is->number & is->number << 1 & is->number << 2;
        for (uint64_t group = starts(is->number); group != 0; group = group << 3 & three) begins |= group;
    }
    *white = blank;
    begins = with_contractions(begins, lone & is->apostrophe & is->letter >> 1, bytes, is->count, 0x20);
    // White space goes to its last line end: where another follows behind blanks, nothing is known from there on.
    const uint64_t behind = line_end << 1 & is->white;
    const uint64_t again = (is->white + behind) & ~is->white & line_end;
    if (again != 0) begins &= below(highest(starts(blank) & ((again & -again) - 1)) + 1);
    return begins;
}

// Writes the places of bits. Four are written whether there are so many or not: how many there are cannot be foretold.
INLINE void write(uint64_t bits, uint32_t start, uint32_t *place) {
    do {
        for (int step = 0; step < 4; step++) {
            *place++ = start + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
            bits &= bits - 1;
        }
    } while (bits != 0);
}

INLINE size_t split(
    const uint8_t *bytes, size_t count, size_t limit, uint32_t *places, size_t capacity,
    enum shardmill_pattern pattern) {
    size_t found = 0, start = 0;
    while (start < limit && start + 80 <= count && found + 64 <= capacity) {
        block text;
        memcpy(&text, bytes + start, sizeof text);
        const uint64_t beyond = BITS(text >= 0x80);
        classes is;
        is.count = beyond == 0 ? 64 : (unsigned)__builtin_ctzll(beyond);
        const uint64_t inside = below(is.count);
        is.letter = BITS((text | 0x20) - 'a' < 26) & inside;
        is.number = BITS(text - '0' < 10) & inside;
        is.space = BITS(text == ' ') & inside;
        is.line_end = BITS((text == '\n') | (text == '\r')) & inside;
        is.white = (BITS(text - 9 < 5) & inside & ~is.line_end) | is.space;
        is.other = ~(is.letter | is.number | is.white | is.line_end) & inside;
        is.apostrophe = BITS(text == '\'') & inside;
        uint64_t white;
        uint64_t begins;
        switch (pattern) {
        case shardmill_gpt2: begins = begin_gpt2(&is, bytes + start, false, &white); break;
        case shardmill_gpt2_digits: begins = begin_gpt2(&is, bytes + start, true, &white); break;
        case shardmill_letters_digit: begins = begin_letters(&is, bytes + start, true, &white); break;
        case shardmill_letters_digits: begins = begin_letters(&is, bytes + start, false, &white); break;
        }
        begins &= inside & ~1ull;
        // How white space is cut depends on what follows it.
        if (is.count > 0 && white >> (is.count - 1) & 1) begins &= below(highest(starts(white)) + 1);
        if (limit - start < 64) begins &= below((unsigned)(limit - start) + 1);
        if (begins == 0) break;
        write(begins, (uint32_t)start, places + found);
        found += (size_t)__builtin_popcountll(begins);
        start += highest(begins);
    }
    return found;
}

CLONES size_t shardmill_split_spaced(
    const uint8_t *bytes, size_t count, size_t limit, const uint64_t *joined, uint32_t *places, size_t capacity) {
    size_t found = 0, start = 0;
    while (start < limit && start + 80 <= count && found + 64 <= capacity) {
        const uint8_t *const here = bytes + start;
        block text;
        memcpy(&text, here, sizeof text);
        const uint64_t beyond = BITS(text >= 0x80);
        uint64_t inside = beyond == 0 ? ~0ull : (beyond & -beyond) - 1;
        if (limit - start < 64) inside &= below((unsigned)(limit - start) + 1);
        const uint64_t space = BITS(text == ' ') & inside;
        const uint64_t letter = BITS((text | 0x20) - 'a' < 26);
        uint64_t begins = starts(space);
        // Letters are joined in nearly all models: they are not asked for.
        uint64_t asked = inside & ~1ull & ~space & ~(space << 1) & ~(letter & letter << 1);
        for (; asked != 0; asked &= asked - 1) {
            const unsigned place = (unsigned)__builtin_ctzll(asked);
            const unsigned pair = (unsigned)here[place - 1] << 8 | here[place];
            begins |= (~joined[pair >> 6] >> (pair & 63) & 1) << place;
        }
        begins &= ~1ull;
        if (begins == 0) break;
        write(begins, (uint32_t)start, places + found);
        found += (size_t)__builtin_popcountll(begins);
        start += highest(begins);
    }
    return found;
}

CLONES size_t shardmill_find_start(
    const uint8_t *bytes, size_t count, const uint8_t *firsts, const uint64_t *pairs) {
    for (size_t index = 0; index < count; index += 64) {
        block text = 0;
        const size_t length = count - index < 64 ? count - index : 64;
        memcpy(&text, bytes + index, length);
        answers held = __builtin_convertvector(text == firsts[0], answers);
        for (unsigned first = 1; first < 8; first++) held |= __builtin_convertvector(text == firsts[first], answers);
        uint64_t hits;
        memcpy(&hits, &held, sizeof hits);
        for (hits &= below((unsigned)length); hits != 0; hits &= hits - 1) {
            const size_t place = index + (size_t)__builtin_ctzll(hits);
            if (place + 1 == count) return place;
            const unsigned pair = (unsigned)bytes[place] << 8 | bytes[place + 1];
            if (pairs[pair >> 6] >> (pair & 63) & 1) return place;
        }
    }
    return count;
}

CLONES size_t shardmill_split_pieces(
    enum shardmill_pattern pattern, const uint8_t *bytes, size_t count, size_t limit, uint32_t *places,
    size_t capacity) {
    switch (pattern) {
    case shardmill_gpt2: return split(bytes, count, limit, places, capacity, shardmill_gpt2);
    case shardmill_gpt2_digits: return split(bytes, count, limit, places, capacity, shardmill_gpt2_digits);
    case shardmill_letters_digit: return split(bytes, count, limit, places, capacity, shardmill_letters_digit);
    case shardmill_letters_digits: return split(bytes, count, limit, places, capacity, shardmill_letters_digits);
    }
    return 0;
}
