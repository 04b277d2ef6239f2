#include "kernels.h"

CLONES double shardmill_cross_entropy(
    float *restrict logits, size_t count, size_t label, int keepsGradient, float factor) {
    float target = logits[label], highest = logits[0];
    size_t i = 0;
    if (count >= 32) {
        float lanes[32];
        for (size_t j = 0; j < 32; j++) lanes[j] = logits[j];
        for (i = 32; i + 32 <= count; i += 32)
            for (size_t j = 0; j < 32; j++) lanes[j] = lanes[j] > logits[i + j] ? lanes[j] : logits[i + j];
        for (size_t j = 0; j < 32; j++) highest = highest > lanes[j] ? highest : lanes[j];
    }
    for (; i < count; i++) highest = highest > logits[i] ? highest : logits[i];
    // Blocks stay in the first-level cache between their two loops; sums of blocks are added in double.
    double sum = 0;
    for (size_t start = 0; start < count; start += 1024) {
        size_t end = start + 1024 < count ? start + 1024 : count;
        float block = 0;
        for (size_t k = start; k < end; k++) logits[k] = exponential(logits[k] - highest);
        {
#pragma clang fp reassociate(on)
            for (size_t k = start; k < end; k++) block += logits[k];
        }
        sum += (double)block;
    }
    if (keepsGradient) {
        float each = (float)((double)factor / sum);
        for (size_t k = 0; k < count; k++) logits[k] *= each;
        logits[label] -= factor;
    }
    return log(sum) + (double)highest - (double)target;
}
