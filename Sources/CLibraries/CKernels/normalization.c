#include "kernels.h"

CLONES void shardmill_rms_norm(
    const float *restrict values, const float *restrict weight, float *restrict results, float *restrict inverses,
    size_t rows, size_t width, float epsilon) {
    for (size_t row = 0; row < rows; row++) {
        const float *restrict x = values + row * width;
        float *restrict y = results + row * width;
        float squares = 0;
        {
#pragma clang fp reassociate(on)
            for (size_t i = 0; i < width; i++) squares += x[i] * x[i];
        }
        float inverse = 1.0f / __builtin_elementwise_sqrt(squares / (float)width + epsilon);
        inverses[row] = inverse;
        for (size_t i = 0; i < width; i++) y[i] = x[i] * inverse * weight[i];
    }
}

CLONES void shardmill_rms_norm_backward(
    const float *restrict values, const float *restrict weight, const float *restrict inverses,
    const float *restrict resultGradients, float *restrict valueGradients, int accumulates,
    float *restrict weightGradients, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++) {
        const float *restrict x = values + row * width;
        const float *restrict d = resultGradients + row * width;
        float *restrict target = valueGradients + row * width;
        float inverse = inverses[row], projection = 0;
        {
#pragma clang fp reassociate(on)
            for (size_t i = 0; i < width; i++) projection += x[i] * weight[i] * d[i];
        }
        float along = projection * inverse * inverse * inverse / (float)width;
        if (weightGradients)
            for (size_t i = 0; i < width; i++) weightGradients[i] += d[i] * x[i] * inverse;
        if (accumulates)
            for (size_t i = 0; i < width; i++) target[i] += d[i] * weight[i] * inverse - x[i] * along;
        else
            for (size_t i = 0; i < width; i++) target[i] = d[i] * weight[i] * inverse - x[i] * along;
    }
}
