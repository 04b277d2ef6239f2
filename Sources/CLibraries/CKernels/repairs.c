#include "blocks.h"
#include "kernels.h"

// Whether a letter that UTF-8's lead bytes look like (U+00C2 to U+00F4) stands before a character that its continuation bytes may look like
// when they are read as Windows-1252 or Latin-1.
INLINE uint8_t misread(const uint8_t *place) {
    const uint8_t first = place[0], second = place[1], third = place[2];
    const uint8_t follows = (third == 0xC2) | (third == 0xC5) | (third == 0xC6) | (third == 0xCB) | (third == 0xE2);
    return (first == 0xC3) & (second >= 0x82) & (second <= 0xB4) & follows;
}

CLONES size_t shardmill_find_misread(const uint8_t *bytes, size_t count) {
    size_t index = 0;
    for (; index + 66 <= count; index += 64) {
        block text;
        memcpy(&text, bytes + index, sizeof text);
        uint64_t leads = BITS(text == 0xC3);
        for (; leads != 0; leads &= leads - 1) {
            const size_t place = index + (size_t)__builtin_ctzll(leads);
            if (misread(bytes + place)) return place;
        }
    }
    for (; index + 2 < count; index++)
        if (misread(bytes + index)) return index;
    return count;
}

// Whether a scalar that nobody sees, a ligature or one for private use begins here; looks at three bytes.
INLINE uint8_t unseen(const uint8_t *place) {
    const uint8_t first = place[0], second = place[1], third = place[2];
    const uint8_t general = (first == 0xE2) & (((second == 0x80) & ((third >= 0x8B) & (third <= 0x8F))) |
                                               ((second == 0x80) & (third >= 0xAA) & (third <= 0xAE)) |
                                               ((second == 0x81) & (third >= 0xA0) & (third <= 0xAF)));
    const uint8_t form = (first == 0xEF) & ((second <= 0xA3) | ((second == 0xAC) & (third <= 0x86)) |
                                            ((second == 0xBF) & (third >= 0xB9) & (third <= 0xBB)));
    const uint8_t far = ((first == 0xF3) & ((second >= 0xB0) | ((second == 0xA0) & (third <= 0x81)))) | (first == 0xF4);
    return general | form | far | (first == 0xEE);
}

CLONES size_t shardmill_find_unseen(const uint8_t *bytes, size_t count) {
    size_t index = 0;
    for (; index + 66 <= count; index += 64) {
        block text;
        memcpy(&text, bytes + index, sizeof text);
        uint64_t leads = BITS((text == 0xE2) | (text == 0xEE) | (text == 0xEF) | (text == 0xF3) | (text == 0xF4));
        for (; leads != 0; leads &= leads - 1) {
            const size_t place = index + (size_t)__builtin_ctzll(leads);
            if (unseen(bytes + place)) return place;
        }
    }
    for (; index + 2 < count; index++)
        if (unseen(bytes + index)) return index;
    return count;
}
