#include "kernels.h"

INLINE size_t visible_columns(ptrdiff_t visible, size_t columns) {
    if (visible <= 0) return 0;
    return (size_t)visible < columns ? (size_t)visible : columns;
}

CLONES void shardmill_softmax_tile(
    float *restrict scores, size_t stride, size_t rows, size_t columns, ptrdiff_t firstVisible,
    float *restrict maxima, float *restrict sums, float *restrict outputs, size_t outputStride, size_t width) {
    for (size_t row = 0; row < rows; row++) {
        float *restrict line = scores + row * stride;
        size_t visible = visible_columns(firstVisible + (ptrdiff_t)row, columns);
        float old = maxima[row], highest = old, sum = 0;
        {
#pragma clang fp reassociate(on)
            // Sixteen running maxima: a comparison that lets NaN through is not a reduction that vectorises.
            size_t i = 0;
            float lanes[16];
            if (visible >= 16) {
                for (size_t j = 0; j < 16; j++) lanes[j] = line[j];
                for (i = 16; i + 16 <= visible; i += 16)
                    for (size_t j = 0; j < 16; j++) lanes[j] = lanes[j] > line[i + j] ? lanes[j] : line[i + j];
                for (size_t j = 0; j < 16; j++) highest = highest > lanes[j] ? highest : lanes[j];
            }
            for (; i < visible; i++) highest = highest > line[i] ? highest : line[i];
        }
        for (size_t i = 0; i < visible; i++) line[i] = exponential(line[i] - highest);
        for (size_t i = visible; i < columns; i++) line[i] = 0;
        {
#pragma clang fp reassociate(on)
            for (size_t i = 0; i < visible; i++) sum += line[i];
        }
        if (visible == 0) continue;
        float correction = exponential(old - highest);
        maxima[row] = highest;
        sums[row] = sums[row] * correction + sum;
        if (outputs && correction != 1.0f) {
            float *restrict output = outputs + row * outputStride;
            for (size_t i = 0; i < width; i++) output[i] *= correction;
        }
    }
}

CLONES void shardmill_softmax_finish(
    const float *restrict maxima, const float *restrict sums, float *restrict outputs, size_t outputStride,
    size_t rows, size_t width, float *restrict logSums, size_t logSumStride) {
    for (size_t row = 0; row < rows; row++) {
        float factor = 1.0f / sums[row];
        float *restrict output = outputs + row * outputStride;
        for (size_t i = 0; i < width; i++) output[i] *= factor;
        logSums[row * logSumStride] = maxima[row] + logf(sums[row]);
    }
}

CLONES void shardmill_row_dots(
    const float *restrict left, const float *restrict right, size_t stride, size_t rows, size_t width,
    float *restrict dots, size_t dotStride) {
    for (size_t row = 0; row < rows; row++) {
        const float *restrict a = left + row * stride;
        const float *restrict b = right + row * stride;
        float sum = 0;
        {
#pragma clang fp reassociate(on)
            for (size_t i = 0; i < width; i++) sum += a[i] * b[i];
        }
        dots[row * dotStride] = sum;
    }
}

CLONES void shardmill_attention_gradient_tile(
    float *restrict scores, float *restrict gradients, size_t stride, size_t rows, size_t columns,
    ptrdiff_t firstVisible, const float *restrict logSums, const float *restrict dots, size_t valueStride) {
    for (size_t row = 0; row < rows; row++) {
        float *restrict line = scores + row * stride;
        float *restrict slope = gradients + row * stride;
        size_t visible = visible_columns(firstVisible + (ptrdiff_t)row, columns);
        float logSum = logSums[row * valueStride], dot = dots[row * valueStride];
        for (size_t i = 0; i < visible; i++) {
            float p = exponential(line[i] - logSum);
            line[i] = p;
            slope[i] = p * (slope[i] - dot);
        }
        for (size_t i = visible; i < columns; i++) {
            line[i] = 0;
            slope[i] = 0;
        }
    }
}
