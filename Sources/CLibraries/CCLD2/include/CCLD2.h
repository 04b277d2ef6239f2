#ifndef SHARDMILL_CCLD2_H
#define SHARDMILL_CCLD2_H
// A C view of CLD2's one call. It keeps no state and may be used by many threads at once.
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    /// CLD2's own code of the language, static; "un" for none.
    const char *_Nonnull code;
    /// Its share of `letter_bytes` in hundredths.
    int32_t percent;
} shardmill_cld2_language;

typedef struct {
    shardmill_cld2_language languages[3];
    /// Bytes of letters, and of the spaces among them, that were looked at.
    int32_t letter_bytes;
    /// Whether CLD2 calls its summary reliable.
    bool reliable;
} shardmill_cld2_result;

/// Asks for the languages of a plain text that must be valid UTF-8: CLD2 reads beyond its tables where it is not.
void shardmill_cld2_detect(const char *_Nonnull text, int32_t length, shardmill_cld2_result *_Nonnull result);

/// Whether the large tables (about 160 languages) are in use, not the small ones (about 80) that stand beside the code.
bool shardmill_cld2_has_large_tables(void);

#ifdef __cplusplus
}
#endif
#endif
