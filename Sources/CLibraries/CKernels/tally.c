// Counts of words and letters, 64 bytes at a time. `TallyScanner` says the same scalar by scalar; it takes over where something else than
// plain ASCII stands, and is the oracle of the tests.
#include "blocks.h"
#include "include/signals.h"

#define LONG_WORD 64

INLINE void close_word(struct shardmill_tally *tally) {
    const uint64_t length = tally->open;
    if (length == 0) return;
    tally->words++;
    if (tally->open_has_letter) {
        tally->lettered_words++;
        tally->lettered_characters += length;
        if (length > LONG_WORD) tally->long_characters += length;
        if (length > tally->longest) tally->longest = length;
    }
    tally->open = 0;
    tally->open_has_letter = 0;
}

// Whether so many neighbouring bits are set somewhere.
INLINE bool has_run(uint64_t bits, uint64_t length) {
    if (length > 64) return false;
    while (length > 1) {
        const uint64_t half = length / 2;
        bits &= bits >> half;
        length -= half;
    }
    return bits != 0;
}

// The end of the run that begins at a bit.
INLINE unsigned run_end(uint64_t bits, unsigned start) {
    const uint64_t behind = ~(bits >> start);
    return behind == 0 ? 64 : start + (unsigned)__builtin_ctzll(behind);
}

INLINE uint64_t below(unsigned count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

CLONES size_t shardmill_tally_ascii(const uint8_t *bytes, size_t count, struct shardmill_tally *tally) {
    struct shardmill_tally sums = *tally;
    size_t at = 0;
    while (at < count) {
        block v = 0;
        unsigned size = 64;
        if (count - at >= 64) {
            memcpy(&v, bytes + at, 64);
        } else {
            size = (unsigned)(count - at);
            memcpy(&v, bytes + at, size);
        }
        const uint64_t white = BITS(((v - 9) < 5) | (v == ' '));
        const uint64_t foreign = (BITS((v < 0x20) | (v >= 0x7F)) & ~white) & below(size);
        if (foreign != 0) size = (unsigned)__builtin_ctzll(foreign);
        const uint64_t known = below(size);
        const uint64_t letters = BITS(((v | 0x20) - 'a') < 26) & known;
        const uint64_t digits = BITS(((v - '0') < 10) | (v == '_')) & known;
        uint64_t words = letters | digits;
        sums.visible += (uint64_t)__builtin_popcountll(known & ~white);
        sums.letters += (uint64_t)__builtin_popcountll(letters);
        // The word that was open.
        const unsigned first = run_end(words, 0);
        if (first > 0) {
            sums.open += first;
            sums.open_has_letter |= (letters & below(first)) != 0;
            words &= ~below(first);
        }
        if (first < size) {
            close_word(&sums);
            // The word that stays open.
            const unsigned last = (unsigned)__builtin_clzll(~(words << (64 - size)) | 1);
            if (last > 0) {
                const uint64_t tail = known & ~below(size - last);
                sums.open = last;
                sums.open_has_letter = (letters & tail) != 0;
                words &= ~tail;
            }
            const uint64_t starts = words & ~(words << 1);
            uint64_t lettered = words, lettered_starts = starts;
            for (uint64_t left = starts & digits; left != 0; left &= left - 1) {
                const unsigned start = (unsigned)__builtin_ctzll(left), end = run_end(words, start);
                const uint64_t run = below(end) & ~below(start);
                if ((letters & run) != 0) continue;
                lettered &= ~run;
                lettered_starts &= ~run;
            }
            sums.words += (uint64_t)__builtin_popcountll(starts);
            sums.lettered_words += (uint64_t)__builtin_popcountll(lettered_starts);
            sums.lettered_characters += (uint64_t)__builtin_popcountll(lettered);
            while (has_run(lettered, sums.longest + 1)) sums.longest++;
        }
        at += size;
        if (foreign != 0) break;
    }
    *tally = sums;
    return at;
}
