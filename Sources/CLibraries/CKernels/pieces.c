// Where the pieces of a text begin, 64 bytes at a time: what each byte is becomes a word of 64 bits, and the split patterns become
// operations on those words. The scanners of Tokenization say the same piece by piece; they are the oracle of the tests.
#include "include/CKernels.h"
#include "kernels.h"

#include <string.h>

typedef uint8_t block __attribute__((ext_vector_type(64)));
typedef bool answers __attribute__((ext_vector_type(64)));

#define BITS(comparison)                                                   \
    ({                                                                     \
        const answers held = __builtin_convertvector(comparison, answers); \
        uint64_t bits;                                                     \
        memcpy(&bits, &held, sizeof bits);                                 \
        bits;                                                              \
    })

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

INLINE size_t split(
    const uint8_t *bytes, size_t count, uint32_t *places, size_t capacity, enum shardmill_pattern pattern) {
    size_t found = 0, start = 0;
    while (start + 80 <= count && found + 64 <= capacity) {
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
        if (begins == 0) break;
        const unsigned last = highest(begins);
        uint32_t *place = places + found;
        found += (size_t)__builtin_popcountll(begins);
        // Four places are written whether there are so many or not: how many there are cannot be foretold.
        do {
            for (int step = 0; step < 4; step++) {
                *place++ = (uint32_t)start + (uint32_t)__builtin_ctzll(begins | 1ull << 63);
                begins &= begins - 1;
            }
        } while (begins != 0);
        start += last;
    }
    return found;
}

CLONES size_t shardmill_split_pieces(
    enum shardmill_pattern pattern, const uint8_t *bytes, size_t count, uint32_t *places, size_t capacity) {
    switch (pattern) {
    case shardmill_gpt2: return split(bytes, count, places, capacity, shardmill_gpt2);
    case shardmill_gpt2_digits: return split(bytes, count, places, capacity, shardmill_gpt2_digits);
    case shardmill_letters_digit: return split(bytes, count, places, capacity, shardmill_letters_digit);
    case shardmill_letters_digits: return split(bytes, count, places, capacity, shardmill_letters_digits);
    }
    return 0;
}
