/* embed.c -- the tables of the fixed time embeddings. */
#include "net/embed.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/counter.h"

enum { STREAM_FOURIER = 0x464F5552 }; /* of counter.h: a stream of its own, with seed 0 */

static double frequency(embed_kind kind, size_t T, size_t j, size_t h)
{
    static const double two_pi = 6.28318530717958647692, scale = 16.0;
    if (kind == EMBED_SINUSOIDAL)
        return h == 1 ? 1.0 : exp(-log(10000.0) * (double)j / (double)(h - 1));
    counter_rng rng = counter_start(0, STREAM_FOURIER, 0, j);
    return two_pi * scale * counter_normal(&rng) / (double)T;
}

real *embed_alloc(embed_kind kind, size_t T, size_t size)
{
    if (kind != EMBED_SINUSOIDAL && kind != EMBED_FOURIER) return NULL;
    if (T < 1 || size < 2 || size % 2 != 0 || T >= SIZE_MAX / sizeof(real) / size) return NULL;
    real *table = malloc((T + 1) * size * sizeof *table);
    if (!table) return NULL;
    const size_t h = size / 2;
    for (size_t j = 0; j < h; j++) {
        const double w = frequency(kind, T, j, h);
        for (size_t t = 0; t <= T; t++) {
            table[t * size + j] = (real)sin((double)t * w);
            table[t * size + h + j] = (real)cos((double)t * w);
        }
    }
    return table;
}

void embed_free(real *table)
{
    free(table);
}
