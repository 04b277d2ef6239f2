#include "kernels.h"

// Eight accumulators in a fixed order: the same bits on every run of one machine type.
CLONES double shardmill_sum_of_squares(const float *values, size_t count) {
    double lanes[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++) lanes[j] += (double)values[i + j] * (double)values[i + j];
    for (; i < count; i++) lanes[i % 8] += (double)values[i] * (double)values[i];
    double sum = 0;
    for (size_t j = 0; j < 8; j++) sum += lanes[j];
    return sum;
}

CLONES void shardmill_exponentials(const float *values, float *results, size_t count) {
    for (size_t i = 0; i < count; i++) results[i] = exponential(values[i]);
}

CLONES void shardmill_add_scaled(float *restrict target, const float *restrict source, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] += factor * source[i];
}

CLONES void shardmill_scale(float *values, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] *= factor;
}

CLONES void shardmill_add_bias(float *restrict values, const float *restrict bias, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++) {
        float *restrict target = values + row * width;
        for (size_t i = 0; i < width; i++) target[i] += bias[i];
    }
}

CLONES void shardmill_add_column_sums(
    float *restrict sums, const float *restrict values, size_t rows, size_t width, size_t stride) {
    for (size_t row = 0; row < rows; row++) {
        const float *restrict source = values + row * stride;
        for (size_t i = 0; i < width; i++) sums[i] += source[i];
    }
}

CLONES void shardmill_rotate(
    float *row, const float *restrict cosines, const float *restrict sines, size_t heads, size_t half,
    float direction) {
    for (size_t head = 0; head < heads; head++) {
        float *restrict low = row + head * 2 * half;
        float *restrict high = low + half;
        for (size_t i = 0; i < half; i++) {
            float sine = direction * sines[i];
            float a = low[i], b = high[i];
            low[i] = a * cosines[i] - b * sine;
            high[i] = b * cosines[i] + a * sine;
        }
    }
}

CLONES void shardmill_gated_activation(
    const float *restrict gate, const float *restrict up, float *restrict results, size_t count) {
    for (size_t i = 0; i < count; i++) results[i] = gate[i] / (1.0f + exponential(-gate[i])) * up[i];
}

CLONES void shardmill_gated_activation_backward(
    float *restrict gate, float *restrict up, const float *restrict resultGradients, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float g = gate[i], d = resultGradients[i];
        float sigmoid = 1.0f / (1.0f + exponential(-g));
        float activated = g * sigmoid;
        gate[i] = d * up[i] * (sigmoid + activated * (1.0f - sigmoid));
        up[i] = d * activated;
    }
}

CLONES void shardmill_adamw(
    float *restrict weights, const float *restrict gradients, float *restrict first, float *restrict second,
    size_t count, float gradientFactor, float keep, float firstDecay, float secondDecay, float step,
    float rootCorrection, float epsilon) {
    for (size_t i = 0; i < count; i++) {
        float gradient = gradients[i] * gradientFactor;
        float m = first[i] + (gradient - first[i]) * (1.0f - firstDecay);
        float v = second[i] * secondDecay + (1.0f - secondDecay) * gradient * gradient;
        first[i] = m;
        second[i] = v;
        weights[i] = weights[i] * keep - step * m / (__builtin_elementwise_sqrt(v) * rootCorrection + epsilon);
    }
}
