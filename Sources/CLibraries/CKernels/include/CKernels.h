#ifndef SHARDMILL_CKERNELS_H
#define SHARDMILL_CKERNELS_H
// Numeric kernels, single-threaded, on plain row-major float arrays: the callers in Tensors share rows out to threads and
// check every size. Every function here has a plain Swift twin in the tests of its module that it is compared with.
// Arrays need no alignment beyond that of float. A `stride` is the distance in floats between the starts of two rows.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// sum of squares of `count` floats, accumulated in double in a fixed order.
double shardmill_sum_of_squares(const float *_Nonnull values, size_t count);

/// results[i] = e^values[i], within 2 units in the last place; 0 below -87.33, saturating above 88.37.
void shardmill_exponentials(const float *_Nonnull values, float *_Nonnull results, size_t count);

/// target[i] += factor * source[i].
void shardmill_add_scaled(float *_Nonnull target, const float *_Nonnull source, float factor, size_t count);

/// values[i] *= factor.
void shardmill_scale(float *_Nonnull values, float factor, size_t count);

/// Every row of `values` [rows, width] += bias [width].
void shardmill_add_bias(float *_Nonnull values, const float *_Nonnull bias, size_t rows, size_t width);

/// sums [width] += the sum over the rows of `values` [rows, stride], columns 0 ..< width.
void shardmill_add_column_sums(
    float *_Nonnull sums, const float *_Nonnull values, size_t rows, size_t width, size_t stride);

/// Root-mean-square normalisation: results = values * inverse * weight, inverse[row] = 1 / sqrt(mean of squares + epsilon).
void shardmill_rms_norm(
    const float *_Nonnull values, const float *_Nonnull weight, float *_Nonnull results, float *_Nonnull inverses,
    size_t rows, size_t width, float epsilon);

/// The gradient of `shardmill_rms_norm`: valueGradients (+)= d values, and where `weightGradients` is given, it += d weight.
void shardmill_rms_norm_backward(
    const float *_Nonnull values, const float *_Nonnull weight, const float *_Nonnull inverses,
    const float *_Nonnull resultGradients, float *_Nonnull valueGradients, int accumulates,
    float *_Nullable weightGradients, size_t rows, size_t width);

/// Rotates pairs (i, i + half) of every head of one row by the angles whose cosines and sines [half] are given;
/// `direction` -1 turns back (the gradient).
void shardmill_rotate(
    float *_Nonnull row, const float *_Nonnull cosines, const float *_Nonnull sines, size_t heads, size_t half,
    float direction);

/// results = gate * sigmoid(gate) * up.
void shardmill_gated_activation(
    const float *_Nonnull gate, const float *_Nonnull up, float *_Nonnull results, size_t count);

/// The gradient of `shardmill_gated_activation`, written over `gate` and `up`.
void shardmill_gated_activation_backward(
    float *_Nonnull gate, float *_Nonnull up, const float *_Nonnull resultGradients, size_t count);

/// One tile of causal attention with online softmax (Milakov and Gimelshein 2018). Row r sees the first
/// `firstVisible + r` columns (cut to 0 ... columns). Turns scores into exp(score - running maximum), hidden ones into 0,
/// updates maxima and sums, and multiplies `outputs` [rows, outputStride] by exp(old maximum - new maximum) where given.
void shardmill_softmax_tile(
    float *_Nonnull scores, size_t stride, size_t rows, size_t columns, ptrdiff_t firstVisible,
    float *_Nonnull maxima, float *_Nonnull sums, float *_Nullable outputs, size_t outputStride, size_t width);

/// Ends the online softmax of some rows: outputs /= sum, logSums = maximum + log(sum).
void shardmill_softmax_finish(
    const float *_Nonnull maxima, const float *_Nonnull sums, float *_Nonnull outputs, size_t outputStride,
    size_t rows, size_t width, float *_Nonnull logSums, size_t logSumStride);

/// dots[r * dotStride] = sum over the width of left[r] * right[r].
void shardmill_row_dots(
    const float *_Nonnull left, const float *_Nonnull right, size_t stride, size_t rows, size_t width,
    float *_Nonnull dots, size_t dotStride);

/// One tile of attention backward: scores -> probabilities p = exp(score - logSum), gradients (of the probabilities) ->
/// gradients of the scores p * (gradient - dot); hidden columns -> 0 in both.
void shardmill_attention_gradient_tile(
    float *_Nonnull scores, float *_Nonnull gradients, size_t stride, size_t rows, size_t columns,
    ptrdiff_t firstVisible, const float *_Nonnull logSums, const float *_Nonnull dots, size_t valueStride);

/// What of a tile of causal attention is hidden, and so need not be computed: query q sees the keys k < firstVisible + q.
enum {
    /// Nothing.
    SHARDMILL_HIDDEN_NOTHING = 0,
    /// Rows are queries, columns are keys: hidden columns of the result are left as they are.
    SHARDMILL_HIDDEN_COLUMNS = 1,
    /// Rows are queries, the sums go over keys: hidden numbers of `left` must be 0.
    SHARDMILL_HIDDEN_INNER = 2,
    /// Rows are keys, the sums go over queries: hidden numbers of `left` must be 0.
    SHARDMILL_HIDDEN_FIRST = 3,
};

/// result [rows, columns] (+)= scale * the sum over i < inner of left[row * leftRow + i * leftInner] * right[i, column], in
/// blocks whose sums stay in registers: for tiles that fit into the caches. `columns` is rounded up to a multiple of 16, which the
/// strides of `right` and `result` must have room for; what `right` has there does not matter.
void shardmill_tile_product(
    size_t rows, size_t columns, size_t inner, float scale, const float *_Nonnull left, size_t leftRow,
    size_t leftInner, const float *_Nonnull right, size_t rightStride, int accumulates, float *_Nonnull result,
    size_t resultStride, int hidden, ptrdiff_t firstVisible);

/// target [columns, targetStride] = the transpose of source [rows, sourceStride].
void shardmill_transpose(
    const float *_Nonnull source, size_t sourceStride, size_t rows, size_t columns, float *_Nonnull target,
    size_t targetStride);

/// -log softmax(logits)[label]. With `keepsGradient`, logits become (softmax - one at label) * factor.
double shardmill_cross_entropy(
    float *_Nonnull logits, size_t count, size_t label, int keepsGradient, float factor);

/// One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019) in the order of operations of PyTorch:
/// weights *= keep; first and second moment; weights -= step * first / (sqrt(second) * rootCorrection + epsilon).
/// Gradients are multiplied by gradientFactor first and left as they are.
void shardmill_adamw(
    float *_Nonnull weights, const float *_Nonnull gradients, float *_Nonnull first, float *_Nonnull second,
    size_t count, float gradientFactor, float keep, float firstDecay, float secondDecay, float step,
    float rootCorrection, float epsilon);

// Scans of text for Readers, with plain twins in its tests.

#include "signals.h"
#include "sixteen.h"

/// The index of the first byte that is `first` or `second`; `count` where there is none.
size_t shardmill_find_either(const uint8_t *_Nonnull bytes, size_t count, uint8_t first, uint8_t second);

/// The index of the first byte that may begin markup inside a line of a wiki page: ' [ < & _ and 0x01; `count` where there is none.
size_t shardmill_find_wiki_mark(const uint8_t *_Nonnull bytes, size_t count);

/// The index of the first byte that a link of a wiki page is read by: [ ] and |; `count` where there is none.
size_t shardmill_find_link_mark(const uint8_t *_Nonnull bytes, size_t count);

/// The number of bytes below 0x20 that are no white space of `shardmill_count_text`.
size_t shardmill_count_controls(const uint8_t *_Nonnull bytes, size_t count);

/// The number of references `&lt;`, `&gt;`, `&amp;`, `&quot;` and `&apos;`, their bytes, and the number of ampersands that begin none.
size_t shardmill_count_references(
    const uint8_t *_Nonnull bytes, size_t count, size_t *_Nonnull referenceBytes, size_t *_Nonnull others);

/// Copies text with those references resolved up to an ampersand that begins none of them. Returns the bytes that were read; `target`
/// has room for `count` + 16 bytes, of which `written` hold the result.
size_t shardmill_resolve_references(
    const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull target, size_t *_Nonnull written);

/// The number of bytes that continue a scalar of UTF-8.
size_t shardmill_count_continuations(const uint8_t *_Nonnull bytes, size_t count);

/// The line feeds that end blank lines (nothing but spaces and tabs, a carriage return) of a text that begins with a line; the end of the
/// text ends a line as a line feed does. Returns how many it wrote into `feeds`, which has room for `capacity`, more than 128; those behind
/// are in the text that begins at `next`, `count` where there are none.
size_t shardmill_find_blank_lines(
    const uint8_t *_Nonnull bytes, size_t count, size_t *_Nonnull feeds, size_t capacity, size_t *_Nonnull next);

/// An index up to which all is ASCII; something else stands in the 64 bytes at it, or fewer are left.
size_t shardmill_skip_ascii(const uint8_t *_Nonnull bytes, size_t count);

/// Whether bytes below 0x20 stand there that XML does not allow: all but tab, line feed and carriage return.
bool shardmill_holds_control(const uint8_t *_Nonnull bytes, size_t count);

/// The index of the first `>`, where only pairs of double quotes stand before it and no apostrophe; `count` where that cannot be said.
size_t shardmill_find_tag_end(const uint8_t *_Nonnull bytes, size_t count);

/// An index up to which nothing needs repair in the sense of `UnicodeRepair`; at it or within 64 bytes behind it something may.
size_t shardmill_skip_repaired(const uint8_t *_Nonnull bytes, size_t count);

/// The first place where a letter of U+00C2 to U+00F4 stands before a character that may be a misread byte of UTF-8; `count` where there is none.
size_t shardmill_find_misread(const uint8_t *_Nonnull bytes, size_t count);

/// The first place of a ligature, of a scalar without width or for private use in the sense of `UnseenScalars`; `count` where there is none.
size_t shardmill_find_unseen(const uint8_t *_Nonnull bytes, size_t count);

/// Whether valid UTF-8 holds what no plain XML does: control characters but tab, line feed and carriage return, U+FFFE, U+FFFF, `]]>`.
bool shardmill_has_no_place_in_xml(const uint8_t *_Nonnull bytes, size_t count);

/// The numbers of white bytes (space, tab, line feed, form feed, carriage return) and of bytes that continue a scalar of UTF-8.
void shardmill_count_text(
    const uint8_t *_Nonnull bytes, size_t count, size_t *_Nonnull white, size_t *_Nonnull continuations);

/// The split patterns that `shardmill_split_pieces` knows.
enum shardmill_pattern {
    /// GPT-2's.
    shardmill_gpt2,
    /// GPT-2's, every digit a piece of its own.
    shardmill_gpt2_digits,
    /// Qwen 2's: every digit a piece of its own.
    shardmill_letters_digit,
    /// Those of cl100k and Llama 3: numbers of at most three digits.
    shardmill_letters_digits,
};

/// Where the pieces of a text begin behind the first, which begins with it: up to a piece that is not ASCII or not found in 64 bytes, or
/// that may reach into the last 80 bytes of the text: 16 bytes may be read where a piece begins. Returns how many it wrote into `places`,
/// which has room for `capacity` of them: 64 for each block. No piece that begins behind `limit` is asked for. `count` is below 2^32.
size_t shardmill_split_pieces(
    enum shardmill_pattern pattern, const uint8_t *_Nonnull bytes, size_t count, size_t limit,
    uint32_t *_Nonnull places, size_t capacity);

/// The same for a text whose rows of spaces begin pieces, as do bytes that nothing joins to the byte before them: `joined` has a bit for
/// each pair of bytes, the first one high. Letters are never parted. No piece that begins behind `limit` is asked for.
size_t shardmill_split_spaced(
    const uint8_t *_Nonnull bytes, size_t count, size_t limit, const uint64_t *_Nonnull joined, uint32_t *_Nonnull places,
    size_t capacity);

/// The index of the first byte that is one of eight `firsts` (some may be the same) and has with its next byte a bit in `pairs`, the first
/// byte high; a first one at the end counts too. `count` where there is none.
size_t shardmill_find_start(
    const uint8_t *_Nonnull bytes, size_t count, const uint8_t *_Nonnull firsts, const uint64_t *_Nonnull pairs);

/// A merge in a table of open addressing: the complement of the pair, left above right, 0 in an empty slot; the rank above the result.
struct shardmill_merge {
    uint64_t key, merge;
};

/// A table of merges, as `MergeTable` builds it, with an empty slot behind the last.
struct shardmill_merges {
    const struct shardmill_merge *_Nonnull slots;
    const uint64_t *_Nonnull filter;
    uint64_t mask;
    uint32_t shift;
};

/// A piece of at most 48 symbols that is merged: the symbols keep their places, `alive` says which are left. When it is merged, `count`
/// tokens stand at the beginning of `symbols`.
struct shardmill_lane {
    int32_t keys[48];
    uint32_t results[48];
    uint32_t symbols[48];
    uint64_t alive, left_key, left_hash, right_key, right_hash;
    uint32_t count;
    uint8_t place, left, waits_left, waits_right;
};

/// Begins a piece of 1 to 48 symbols; `pairs` are the merges of its neighbours, rank above result, all ones where there is none. Ranks are
/// below 2^25.
void shardmill_begin_lane(
    struct shardmill_lane *_Nonnull lane, const uint32_t *_Nonnull symbols, const uint64_t *_Nonnull pairs, uint32_t count);

/// Merges at most 31 pieces: always the pair of lowest rank, of equal ones the leftmost.
void shardmill_merge_lanes(
    const struct shardmill_merges *_Nonnull table, struct shardmill_lane *_Nonnull lanes, uint32_t count);

/// Has the processor fetch the line of memory at `place`, for reading it soon. Any address is allowed.
static inline void shardmill_prefetch(const void *_Nonnull place) { __builtin_prefetch(place); }

/// The words of a text from `position` on, where none is open: runs of ASCII letters, digits and `_`, with a hash of their lower-cased
/// bytes. Ends before a word that touches a byte that is not ASCII, or at that byte, or at the end, and writes where. Returns how many
/// words it wrote; the arrays have room for (count - position + 1) / 2 + 16 of them. `count` is below 2^32.
size_t shardmill_scan_words(
    const uint8_t *_Nonnull bytes, size_t count, size_t *_Nonnull position, uint64_t *_Nonnull hashes,
    uint32_t *_Nonnull starts, uint32_t *_Nonnull ends);

/// The hashes of runs of `size` neighbouring items, count - size + 1 of them; 1 <= size <= count.
void shardmill_hash_shingles(
    const uint64_t *_Nonnull items, size_t count, size_t size, uint64_t *_Nonnull hashes);

/// One round of a similarity sketch: every hash, mixed with the key of its round, falls into one of `bins` by its high bits, and the
/// smallest in each bin is kept in `smallest`. Round 0 only multiplies, for it is the one that sees most hashes.
void shardmill_sketch_first(
    const uint64_t *_Nonnull hashes, size_t count, uint64_t key, uint64_t bins, uint64_t *_Nonnull smallest);
void shardmill_sketch_round(
    const uint64_t *_Nonnull hashes, size_t count, uint64_t key, uint64_t bins, uint64_t *_Nonnull smallest);

/// How many numbers two ascending arrays without repetitions have in common.
size_t shardmill_count_common(
    const uint64_t *_Nonnull left, size_t leftCount, const uint64_t *_Nonnull right, size_t rightCount);

#endif
