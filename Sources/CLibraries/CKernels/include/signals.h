#ifndef SHARDMILL_SIGNALS_H
#define SHARDMILL_SIGNALS_H
// Scans of text for the quality signals of Cleaning, with plain twins in its tests.
#include <stddef.h>
#include <stdint.h>

/// Counts of plain ASCII: letters, digits, `_`, symbols and white space. A word is a run of the first three; one with a letter is lettered.
struct shardmill_tally {
    uint64_t visible, letters;
    /// Words that have ended; those of them with a letter, their characters, the characters of those above 64, the longest of them.
    uint64_t words, lettered_words, lettered_characters, long_characters, longest;
    /// Characters of the word that is open at the end and whether it has a letter; kept from call to call.
    uint64_t open, open_has_letter;
};

/// Adds the counts of the text up to the first byte that is no ASCII or a control character beside white space, or to its end; returns
/// its index.
size_t shardmill_tally_ascii(const uint8_t *_Nonnull bytes, size_t count, struct shardmill_tally *_Nonnull tally);

/// The stretches without white space, as Python's `str.isspace` knows it, of a text in UTF-8 below 2^32 bytes; what is no UTF-8 is no white
/// space. Returns how many; `starts` and `ends` have room for (count + 1) / 2 + 8.
size_t shardmill_find_chunks(
    const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull starts, uint32_t *_Nonnull ends);

/// Has the processor fetch the line of memory at an address, any, for reading it soon.
static inline void shardmill_prefetch_address(uint64_t address) { __builtin_prefetch((const void *)(uintptr_t)address); }

#endif
