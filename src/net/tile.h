/* tile.h -- Winograd's method in one dimension, on vectors; only kernel_conv.c includes this.
 *
 * A filter of three weights w, run over six numbers x, gives four numbers
 *     y = A^T [ (G w) * (B^T x) ]          (* elementwise; Lavin and Gray 2016)
 * by six products instead of twelve: the matrices evaluate polynomials at 0, 1, -1, 2, -2 and infinity and
 * interpolate the product.  A short tile has five numbers, gives three, and leaves out the point -2
 * (number 4): the rows of its B^T are scaled so that it shares G with the others.
 * All is linear; the adjoint of a map has the transposed matrix. */
#ifndef NET_TILE_H
#define NET_TILE_H

#include <stdbool.h>

#include "net/vector.h"

#define INLINE static inline __attribute__((always_inline))

enum { SKIPPED = 4 }; /* the point that short tiles leave out */

typedef struct six {
    vector v[6];
} six;

/*        4  0 -5  0  1  0                    4 -2 -4  2  0
 *        0 -4 -4  1  1  0                    0 -6 -3  3  0
 * B^T =  0  4 -4 -1  1  0      short: B^T =  0  2 -3  1  0
 *        0 -2 -1  2  1  0                    0 -4  0  4  0
 *        0  2 -1 -2  1  0
 *        0  4  0 -5  0  1                    0  2 -1 -2  1  */
INLINE six tile_input(six x, const bool is_short)
{
    if (is_short) {
        const vector d = x.v[3] - x.v[1];
        return (six){{2 * (2 * x.v[0] + (d - 2 * x.v[2])), 3 * (d - x.v[2] - x.v[1]),
                      2 * x.v[1] + (x.v[3] - 3 * x.v[2]), 4 * d, all(0),
                      (x.v[4] - x.v[2]) - 2 * d}};
    }
    const vector a = x.v[4] - 4 * x.v[2], b = x.v[3] - 4 * x.v[1];
    const vector c = x.v[4] - x.v[2], d = x.v[3] - x.v[1];
    return (six){{4 * x.v[0] + (x.v[4] - 5 * x.v[2]), a + b, a - b, c + 2 * d, c - 2 * d,
                  4 * x.v[1] + (x.v[5] - 5 * x.v[3])}};
}

INLINE six tile_input_adjoint(six t, const bool is_short)
{
    if (is_short) {
        const vector a = 3 * t.v[1], e = 2 * (t.v[0] - t.v[5]) + (a + t.v[2] + 4 * t.v[3]);
        return (six){{4 * t.v[0], 3 * t.v[2] - e - a, -4 * t.v[0] - (a + 3 * t.v[2] + t.v[5]), e,
                      t.v[5], all(0)}};
    }
    const vector s = t.v[1] + t.v[2], d = t.v[1] - t.v[2];
    const vector S = t.v[3] + t.v[4], D = t.v[3] - t.v[4];
    return (six){{4 * t.v[0], 4 * (t.v[5] - d) - 2 * D, -5 * t.v[0] - (4 * s + S),
                  (d + 2 * D) - 5 * t.v[5], t.v[0] + (s + S), t.v[5]}};
}

/*        1  1  1  1  1  0                    1  1  1  1  0
 * A^T =  0  1 -1  2 -2  0      short: A^T =  0  1 -1  2  0
 *        0  1  1  4  4  0                    0  1  1  4  1
 *        0  1 -1  8 -8  1  */
INLINE six tile_output(six m, const bool is_short)
{
    const vector s = m.v[1] + m.v[2], d = m.v[1] - m.v[2];
    if (is_short) return (six){{m.v[0] + (s + m.v[3]), d + 2 * m.v[3], (s + m.v[5]) + 4 * m.v[3]}};
    const vector S = m.v[3] + m.v[4], D = m.v[3] - m.v[4];
    return (six){{m.v[0] + (s + S), d + 2 * D, s + 4 * S, (d + m.v[5]) + 8 * D}};
}

INLINE six tile_output_adjoint(six y, const bool is_short)
{
    const vector e = y.v[0] + y.v[2];
    if (is_short)
        return (six){
            {y.v[0], e + y.v[1], e - y.v[1], y.v[0] + 2 * (y.v[1] + 2 * y.v[2]), all(0), y.v[2]}};
    const vector o = y.v[1] + y.v[3];
    const vector E = y.v[0] + 4 * y.v[2], O = 2 * y.v[1] + 8 * y.v[3];
    return (six){{y.v[0], e + o, e - o, E + O, E - O, y.v[3]}};
}

/*       1/4    0    0
 *      -1/6 -1/6 -1/6
 * G =  -1/6  1/6 -1/6
 *      1/24 1/12  1/6
 *      1/24 -1/12 1/6
 *        0    0    1   */
INLINE six tile_weights(vector w_0, vector w_1, vector w_2)
{
    const vector e = (w_0 + w_2) * (real)(-1.0 / 6.0), o = w_1 * (real)(-1.0 / 6.0);
    const vector E = w_0 * (real)(1.0 / 24.0) + w_2 * (real)(1.0 / 6.0);
    const vector O = w_1 * (real)(1.0 / 12.0);
    return (six){{w_0 * (real)0.25, e + o, e - o, E + O, E - O, w_2}};
}

/* Three numbers. */
INLINE six tile_weights_adjoint(six m)
{
    const vector s = (m.v[1] + m.v[2]) * (real)(-1.0 / 6.0);
    const vector d = (m.v[2] - m.v[1]) * (real)(1.0 / 6.0);
    const vector S = m.v[3] + m.v[4], D = m.v[3] - m.v[4];
    return (six){{m.v[0] * (real)0.25 + (s + S * (real)(1.0 / 24.0)), d + D * (real)(1.0 / 12.0),
                  m.v[5] + (s + S * (real)(1.0 / 6.0))}};
}

#endif
