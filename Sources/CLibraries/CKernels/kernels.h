#ifndef SHARDMILL_KERNELS_H
#define SHARDMILL_KERNELS_H
#include "CKernels.h"

#include <math.h>

// One body, compiled for three instruction sets, chosen when the program is loaded.
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#define INLINE static inline __attribute__((always_inline))

// e^x for the loops below, without a branch, so that they vectorise. x = n ln 2 + r with |r| <= ln 2 / 2, then a polynomial for
// (e^r - 1 - r) / r^2 fitted for least relative error (3.1e-9, below a tenth of a rounding), then 2^n by its bits. The two parts
// of ln 2 make n * high exact. It stands outside every region that allows reassociation, which would undo that split.
// NaN stays NaN: both comparisons are false for it.
INLINE float exponential(float x) {
    const float lowest = -87.33f, highest = 88.37f;
    float bounded = x < lowest ? lowest : x;
    bounded = bounded > highest ? highest : bounded;
    float scaled = bounded * 0x1.715476p+0f;
    float rounded = scaled + (scaled < 0 ? -0.5f : 0.5f);
    // The bounds make the conversion defined for all numbers; a NaN is kept away from it.
    int32_t n = (int32_t)(rounded == rounded ? rounded : 0.0f);
    float r = bounded - (float)n * 0x1.62e4p-1f;
    r = r - (float)n * 0x1.7f7d1cp-20f;
    float p = 0.001381453825f;
    p = p * r + 0.008368745446f;
    p = p * r + 0.041668388993f;
    p = p * r + 0.166665211320f;
    p = p * r + 0.499999940395f;
    float value = (r * r) * p + r + 1.0f;
    union {
        int32_t bits;
        float number;
    } power = {.bits = (n + 127) << 23};
    value *= power.number;
    return x < lowest ? 0.0f : value;
}

#endif
