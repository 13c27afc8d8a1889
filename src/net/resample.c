/* resample.c -- naive nearest-neighbour upsampling. */
#include "net/resample.h"

void upsample_naive_forward(real *y, const real *x, size_t images, size_t rows, size_t columns)
{
    for (size_t i = 0; i < images * 2 * rows; i++)
        for (size_t j = 0; j < 2 * columns; j++)
            y[i * 2 * columns + j] =
                x[i / 2 * columns + j / 2]; /* 2 rows is even: rows never mix */
}

void upsample_naive_backward(real *dx, const real *dy, size_t images, size_t rows, size_t columns)
{
    for (size_t i = 0; i < images * 2 * rows; i++)
        for (size_t j = 0; j < 2 * columns; j++)
            dx[i / 2 * columns + j / 2] += dy[i * 2 * columns + j];
}
