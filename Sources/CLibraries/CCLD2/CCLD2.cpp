#include "CCLD2.h"

// CLD2's header uses FILE and the names of encodings without including them.
#include <cstdio>

#include <cld2/public/encodings.h>

#include <cld2/public/compact_lang_det.h>
#include <cld2/internal/cld2tablesummary.h>

namespace CLD2 {
// Debian's libcld2_full holds tables alone, under the names of those inside libcld2; the loader takes the first it finds.
// A reference from here makes every linker keep libcld2_full, and in front.
extern const CLD2TableSummary kQuad_obj;
}  // namespace CLD2

void shardmill_cld2_detect(const char *text, int32_t length, shardmill_cld2_result *result) {
    CLD2::Language languages[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percents[3] = {0, 0, 0};
    double scores[3] = {0, 0, 0};
    int letter_bytes = 0;
    bool reliable = false;
    const CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::ExtDetectLanguageSummary(text, length, true, &hints, 0, languages, percents, scores, nullptr, &letter_bytes,
                                   &reliable);
    for (int index = 0; index < 3; index++) {
        result->languages[index].code = CLD2::LanguageCode(languages[index]);
        result->languages[index].percent = percents[index];
    }
    result->letter_bytes = letter_bytes;
    result->reliable = reliable;
}

bool shardmill_cld2_has_large_tables(void) {
    // The table of libcld2_full covers Maori and Latin too: it has more than twice the languages of the small one.
    return CLD2::kQuad_obj.kCLDTableSize > 0x10000;
}
