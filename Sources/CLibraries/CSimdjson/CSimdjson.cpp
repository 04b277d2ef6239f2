#include "CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <type_traits>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

struct shardmill_json_parser {
    simdjson::dom::parser parser;
};

namespace {
// An element, an array and an iterator of simdjson are each one tape reference: a document pointer and an index. The
// C struct has the same two words, so copying the bytes is the whole conversion.
template <typename To, typename From>
To bits(const From &from) {
    static_assert(sizeof(To) == sizeof(From) && std::is_trivially_copyable<From>::value, "tape reference");
    To to;
    std::memcpy(static_cast<void *>(&to), &from, sizeof(To));
    return to;
}
}  // namespace

shardmill_json_parser *shardmill_json_new(void) { return new (std::nothrow) shardmill_json_parser; }
void shardmill_json_free(shardmill_json_parser *parser) { delete parser; }
size_t shardmill_json_padding(void) { return simdjson::SIMDJSON_PADDING; }

int shardmill_json_parse(shardmill_json_parser *parser, const void *text, size_t length, bool padded,
                         shardmill_json_element *root) {
    element parsed;
    auto error = parser->parser.parse(static_cast<const uint8_t *>(text), length, !padded).get(parsed);
    if (error) return static_cast<int>(error);
    *root = bits<shardmill_json_element>(parsed);
    return 0;
}

const char *shardmill_json_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

char shardmill_json_type(shardmill_json_element e) {
    element value = bits<element>(e);
    switch (value.type()) {
        case simdjson::dom::element_type::BOOL: return bool(value.get_bool().value_unsafe()) ? 't' : 'f';
        case simdjson::dom::element_type::NULL_VALUE: return 'n';
        default: return static_cast<char>(value.type());
    }
}

const char *shardmill_json_string(shardmill_json_element e, size_t *length) {
    std::string_view view;
    if (bits<element>(e).get_string().get(view)) { *length = 0; return ""; }
    *length = view.size();
    return view.data();
}

int64_t shardmill_json_int64(shardmill_json_element e) {
    int64_t v = 0;
    return bits<element>(e).get_int64().get(v) ? 0 : v;
}

uint64_t shardmill_json_uint64(shardmill_json_element e) {
    uint64_t v = 0;
    return bits<element>(e).get_uint64().get(v) ? 0 : v;
}

double shardmill_json_double(shardmill_json_element e) {
    double v = 0;
    return bits<element>(e).get_double().get(v) ? 0 : v;
}

size_t shardmill_json_count(shardmill_json_element e) {
    array a;
    if (!bits<element>(e).get_array().get(a)) return a.size();
    object o;
    if (!bits<element>(e).get_object().get(o)) return o.size();
    return 0;
}

shardmill_json_iterator shardmill_json_items(shardmill_json_element e) {
    array a;
    if (bits<element>(e).get_array().get(a)) return {e, e};
    return {bits<shardmill_json_element>(a.begin()), bits<shardmill_json_element>(a.end())};
}

bool shardmill_json_next_item(shardmill_json_iterator *iterator, shardmill_json_element *item) {
    auto current = bits<array::iterator>(iterator->current);
    if (!(current != bits<array::iterator>(iterator->end))) return false;
    *item = bits<shardmill_json_element>(*current);
    ++current;
    iterator->current = bits<shardmill_json_element>(current);
    return true;
}

shardmill_json_iterator shardmill_json_members(shardmill_json_element e) {
    object o;
    if (bits<element>(e).get_object().get(o)) return {e, e};
    return {bits<shardmill_json_element>(o.begin()), bits<shardmill_json_element>(o.end())};
}

bool shardmill_json_next_member(shardmill_json_iterator *iterator, const char **key, size_t *key_length,
                                shardmill_json_element *value) {
    auto current = bits<object::iterator>(iterator->current);
    if (!(current != bits<object::iterator>(iterator->end))) return false;
    *key = current.key_c_str();
    *key_length = current.key_length();
    *value = bits<shardmill_json_element>(current.value());
    ++current;
    iterator->current = bits<shardmill_json_element>(current);
    return true;
}

size_t shardmill_json_next_numbers(shardmill_json_iterator *iterator, shardmill_json_number *numbers, size_t capacity) {
    auto current = bits<object::iterator>(iterator->current);
    auto end = bits<object::iterator>(iterator->end);
    size_t count = 0;
    for (; count < capacity && current != end; ++current, ++count) {
        int64_t value;
        if (current.value().get_int64().get(value)) value = INT64_MIN;
        numbers[count] = {current.key_c_str(), current.key_length(), value};
    }
    iterator->current = bits<shardmill_json_element>(current);
    return count;
}

size_t shardmill_json_next_texts(shardmill_json_iterator *iterator, shardmill_json_texts *texts, size_t capacity) {
    auto current = bits<array::iterator>(iterator->current);
    auto end = bits<array::iterator>(iterator->end);
    size_t count = 0;
    for (; count < capacity && current != end; ++current, ++count) {
        texts[count] = {nullptr, 0, nullptr, 0};
        std::string_view first, second;
        array both;
        element item = *current;
        if (!item.get_string().get(first)) {
            texts[count] = {first.data(), first.size(), nullptr, 0};
        } else if (!item.get_array().get(both) && both.size() == 2) {
            auto part = both.begin();
            if ((*part).get_string().get(first)) continue;
            ++part;
            if ((*part).get_string().get(second)) continue;
            texts[count] = {first.data(), first.size(), second.data(), second.size()};
        }
    }
    iterator->current = bits<shardmill_json_element>(current);
    return count;
}
