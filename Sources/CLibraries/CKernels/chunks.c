// Where the stretches of a text without white space stand, 64 bytes at a time; `WhiteSpace` says the same byte by byte and is the oracle of
// the tests.
#include "blocks.h"
#include "include/signals.h"

// The bytes of white space, as Python's `str.isspace` knows it, of more than one byte: those that begin in the block, and in `spill` the
// first bits of the next block. Three bytes behind a place can be read where `left` says that they are there.
INLINE uint64_t wide_white(const uint8_t *bytes, size_t left, uint64_t firsts, uint64_t *spill) {
    uint64_t white = 0;
    for (; firsts != 0; firsts &= firsts - 1) {
        const unsigned place = (unsigned)__builtin_ctzll(firsts);
        if (left - place < 2) break;
        const uint8_t first = bytes[place], second = bytes[place + 1];
        uint64_t bits = 0;
        if (first == 0xC2) {
            if (second == 0x85 || second == 0xA0) bits = 3;
        } else if (left - place >= 3) {
            const uint8_t third = bytes[place + 2];
            const bool is_white = first == 0xE1 ? second == 0x9A && third == 0x80
                : first == 0xE3                 ? second == 0x80 && third == 0x80
                : second == 0x81                ? third == 0x9F
                                                : second == 0x80 &&
                        ((third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 || third == 0xAF);
            if (is_white) bits = 7;
        }
        white |= bits << place;
        if (place > 61) *spill |= bits >> (64 - place);
    }
    return white;
}

CLONES size_t shardmill_find_chunks(const uint8_t *bytes, size_t count, uint32_t *starts, uint32_t *ends) {
    uint32_t *nextStart = starts, *nextEnd = ends;
    uint64_t isOpen = 0, spill = 0;
    for (size_t at = 0; at < count; at += 64) {
        block v = 0;
        uint64_t known = ~0ull;
        if (count - at >= 64) {
            memcpy(&v, bytes + at, 64);
        } else {
            memcpy(&v, bytes + at, count - at);
            known = (1ull << (count - at)) - 1;
        }
        uint64_t white = BITS(((v - 9) < 5) | ((v - 0x1C) < 5)) | spill;
        spill = 0;
        const uint64_t firsts = BITS((v == 0xC2) | ((v - 0xE1) < 3)) & known;
        if (firsts != 0) white |= wide_white(bytes + at, count - at, firsts, &spill);
        const uint64_t chunk = ~white & known;
        const uint64_t shifted = chunk << 1 | isOpen;
        nextStart = write_places(nextStart, chunk & ~shifted, (uint32_t)at);
        nextEnd = write_places(nextEnd, ~chunk & shifted & known, (uint32_t)at);
        isOpen = chunk >> 63;
    }
    if (nextStart != starts && nextEnd - ends < nextStart - starts) *nextEnd = (uint32_t)count;
    return (size_t)(nextStart - starts);
}
