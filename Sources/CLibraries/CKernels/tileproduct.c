#include "kernels.h"

typedef float lanes16 __attribute__((vector_size(64), aligned(4), may_alias));

// One block of R rows and C times 16 columns whose sums stay in registers. R and C are constants where this is inlined.
INLINE void block(
    const size_t R, const size_t C, size_t first, size_t end, float scale, const float *left, size_t leftRow,
    size_t leftInner, const float *right, size_t rightStride, int accumulates, float *result, size_t resultStride) {
    lanes16 sums[6][4];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < R; r++)
#pragma clang loop unroll(full)
        for (size_t c = 0; c < C; c++) sums[r][c] = (lanes16){0};
    for (size_t i = first; i < end; i++) {
        lanes16 line[4];
#pragma clang loop unroll(full)
        for (size_t c = 0; c < C; c++) line[c] = *(const lanes16 *)(right + i * rightStride + 16 * c);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < R; r++) {
            float factor = left[r * leftRow + i * leftInner];
#pragma clang loop unroll(full)
            for (size_t c = 0; c < C; c++) sums[r][c] += factor * line[c];
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < R; r++)
#pragma clang loop unroll(full)
        for (size_t c = 0; c < C; c++) {
            lanes16 *target = (lanes16 *)(result + r * resultStride + 16 * c);
            lanes16 sum = scale * sums[r][c];
            *target = accumulates ? *target + sum : sum;
        }
}

INLINE size_t clamped(ptrdiff_t value, size_t limit) {
    if (value <= 0) return 0;
    return (size_t)value < limit ? (size_t)value : limit;
}

CLONES void shardmill_tile_product(
    size_t rows, size_t columns, size_t inner, float scale, const float *restrict left, size_t leftRow,
    size_t leftInner, const float *restrict right, size_t rightStride, int accumulates, float *restrict result,
    size_t resultStride, int hidden, ptrdiff_t firstVisible) {
    // 32 registers of 64 bytes hold the sums of six rows of 64 columns; 16 of 32 bytes those of six rows of 16.
    const int wide = __builtin_cpu_supports("avx512f");
    size_t columnStep;
    for (size_t column = 0; column < columns; column += columnStep) {
        columnStep = !wide || columns - column < 32 ? 16 : columns - column < 64 ? 32 : 64;
        size_t rowStep;
        for (size_t row = 0; row < rows; row += rowStep) {
            rowStep = rows - row >= 6 ? 6 : rows - row >= 2 ? 2 : 1;
            size_t first = 0, end = inner;
            ptrdiff_t visible = firstVisible + (ptrdiff_t)(row + rowStep) - 1;
            if (hidden == SHARDMILL_HIDDEN_COLUMNS && (ptrdiff_t)column >= visible) continue;
            if (hidden == SHARDMILL_HIDDEN_INNER) end = clamped(visible, inner);
            if (hidden == SHARDMILL_HIDDEN_FIRST) first = clamped((ptrdiff_t)row - firstVisible + 1, inner);
            const float *a = left + row * leftRow, *b = right + column;
            float *target = result + row * resultStride + column;
#define BLOCK(R, C) \
    block(R, C, first, end, scale, a, leftRow, leftInner, b, rightStride, accumulates, target, resultStride)
            if (columnStep == 64) {
                if (rowStep == 6) BLOCK(6, 4);
                else if (rowStep == 2) BLOCK(2, 4);
                else BLOCK(1, 4);
            } else if (columnStep == 32) {
                if (rowStep == 6) BLOCK(6, 2);
                else if (rowStep == 2) BLOCK(2, 2);
                else BLOCK(1, 2);
            } else {
                if (rowStep == 6) BLOCK(6, 1);
                else if (rowStep == 2) BLOCK(2, 1);
                else BLOCK(1, 1);
            }
#undef BLOCK
        }
    }
}

CLONES void shardmill_transpose(
    const float *restrict source, size_t sourceStride, size_t rows, size_t columns, float *restrict target,
    size_t targetStride) {
    // Squares of 16: what is read by columns stays in the first-level cache.
    for (size_t row = 0; row < rows; row += 16) {
        size_t rowEnd = row + 16 < rows ? row + 16 : rows;
        for (size_t column = 0; column < columns; column++)
            for (size_t r = row; r < rowEnd; r++) target[column * targetStride + r] = source[r * sourceStride + column];
    }
}
