#ifndef SHARDMILL_CFASTTEXT_H
#define SHARDMILL_CFASTTEXT_H
// A C view of a supervised fastText model. A loaded model never changes: many threads may ask it at once.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct shardmill_fasttext shardmill_fasttext;

/// Loads a model from a file whose structure was checked: the library itself loops and writes outside of its memory on files that lie.
/// NULL with a message where it cannot.
shardmill_fasttext *_Nullable shardmill_fasttext_load(const char *_Nonnull path, char *_Nonnull message, size_t capacity);
void shardmill_fasttext_free(shardmill_fasttext *_Nonnull model);
int32_t shardmill_fasttext_label_count(const shardmill_fasttext *_Nonnull model);
/// The name of a label below the count; valid as long as the model.
const char *_Nonnull shardmill_fasttext_label(const shardmill_fasttext *_Nonnull model, int32_t label);
/// The probability of a label for one line of text, as `fasttext predict-prob` prints it; negative where the model says nothing of the
/// line. The line feed at the end of the line is added here.
float shardmill_fasttext_probability(const shardmill_fasttext *_Nonnull model, const char *_Nonnull line, size_t length,
                                     int32_t label);

#ifdef __cplusplus
}
#endif
#endif
