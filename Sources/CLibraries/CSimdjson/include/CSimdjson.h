#ifndef SHARDMILL_CSIMDJSON_H
#define SHARDMILL_CSIMDJSON_H
// A C view of simdjson's DOM interface: one parser, elements that point into its tape. Elements are valid until the
// parser parses again or is freed.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct shardmill_json_parser shardmill_json_parser;

typedef struct {
    const void *_Nullable document;
    size_t index;
} shardmill_json_element;

typedef struct {
    shardmill_json_element current;
    shardmill_json_element end;
} shardmill_json_iterator;

shardmill_json_parser *_Nullable shardmill_json_new(void);
void shardmill_json_free(shardmill_json_parser *_Nonnull parser);
/// Bytes that must be readable after the text when `padded` is true.
size_t shardmill_json_padding(void);
/// 0 when it parsed; otherwise a code for shardmill_json_message.
int shardmill_json_parse(shardmill_json_parser *_Nonnull parser, const void *_Nonnull text, size_t length, bool padded,
                         shardmill_json_element *_Nonnull root);
const char *_Nonnull shardmill_json_message(int code);
/// One of `{ [ " l u d t f n` (object, array, string, int64, uint64, double, true, false, null).
char shardmill_json_type(shardmill_json_element element);
const char *_Nonnull shardmill_json_string(shardmill_json_element element, size_t *_Nonnull length);
int64_t shardmill_json_int64(shardmill_json_element element);
uint64_t shardmill_json_uint64(shardmill_json_element element);
double shardmill_json_double(shardmill_json_element element);
size_t shardmill_json_count(shardmill_json_element element);
shardmill_json_iterator shardmill_json_items(shardmill_json_element array);
bool shardmill_json_next_item(shardmill_json_iterator *_Nonnull iterator, shardmill_json_element *_Nonnull item);
shardmill_json_iterator shardmill_json_members(shardmill_json_element object);
bool shardmill_json_next_member(shardmill_json_iterator *_Nonnull iterator, const char *_Nonnull *_Nonnull key,
                                size_t *_Nonnull key_length, shardmill_json_element *_Nonnull value);

/// A member of an object whose value is a whole number; `value` is INT64_MIN where it is none.
typedef struct {
    const char *_Nonnull key;
    size_t key_length;
    int64_t value;
} shardmill_json_number;
/// The next members of an object, at most `capacity` of them; fewer at the end only.
size_t shardmill_json_next_numbers(shardmill_json_iterator *_Nonnull iterator, shardmill_json_number *_Nonnull numbers,
                                   size_t capacity);

/// An item of an array that is one string (`second` is null) or an array of two; `first` is null where it is neither.
typedef struct {
    const char *_Nullable first;
    size_t first_length;
    const char *_Nullable second;
    size_t second_length;
} shardmill_json_texts;
/// The next items of an array, at most `capacity` of them; fewer at the end only.
size_t shardmill_json_next_texts(shardmill_json_iterator *_Nonnull iterator, shardmill_json_texts *_Nonnull texts,
                                 size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
