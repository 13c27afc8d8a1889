/* kernel_conv.c -- 3 x 3 convolutions by Winograd's method F(4x4, 3x3), for one instruction set.
 *
 * tile.h has the method in one dimension.  In two, its maps act on columns, then on rows: 36 products
 * of a tile of 6 x 6 instead of 144 for its 4 x 4 results.  Summed over channels, product p of all tiles
 * is a product of matrices.  The backward pass is the adjoint of every piece. */
#include "net/kernel_image.h"

#include "net/tile.h"

/* ---- Two dimensions: columns first, then rows.  The flags are constants wherever these are inlined;
 * a short side has one number less, and leaves out point SKIPPED. ---- */

INLINE void input_tile(real *v, size_t plane, const real *x, size_t row, size_t C, const bool rs,
                       const bool cs)
{
    six t[6], column;
    column.v[5] = all(0);
#pragma GCC unroll 6
    for (int j = 0; j < 6 - cs; j++) {
#pragma GCC unroll 6
        for (int i = 0; i < 6 - rs; i++) column.v[i] = load(x + (size_t)i * row + (size_t)j * C);
        const six r = tile_input(column, rs);
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++) t[i].v[j] = r.v[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
        if (rs && i == SKIPPED) continue;
        const six r = tile_input(t[i], cs);
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++)
            if (!(cs && j == SKIPPED)) store(v + (size_t)(6 * i + j) * plane, r.v[j]);
    }
}

/* Where the tile overlaps those above and to the left, it adds. */
INLINE void input_adjoint_tile(real *dx, size_t row, const real *dv, size_t plane, size_t C,
                               bool above, bool left, const bool rs, const bool cs)
{
    six t[6], column;
    column.v[SKIPPED] = all(0);
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
        if (cs && j == SKIPPED) continue;
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++)
            if (!(rs && i == SKIPPED)) column.v[i] = load(dv + (size_t)(6 * i + j) * plane);
        const six r = tile_input_adjoint(column, rs);
#pragma GCC unroll 6
        for (int i = 0; i < 6 - rs; i++) t[i].v[j] = r.v[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6 - rs; i++) {
        const six r = tile_input_adjoint(t[i], cs);
#pragma GCC unroll 6
        for (int j = 0; j < 6 - cs; j++) {
            real *const at = dx + (size_t)i * row + (size_t)j * C;
            store(at, (above && i < 2) || (left && j < 2) ? load(at) + r.v[j] : r.v[j]);
        }
    }
}

/* Of the results, only those inside the picture are stored: `rows` and `columns` of it are left. */
INLINE void output_tile(real *y, size_t row, const real *m, size_t plane, vector bias,
                        const real *plus, size_t rows, size_t columns, size_t C, const bool rs,
                        const bool cs)
{
    six t[4], column;
    column.v[SKIPPED] = all(0);
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
        if (cs && j == SKIPPED) continue;
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++)
            if (!(rs && i == SKIPPED)) column.v[i] = load(m + (size_t)(6 * i + j) * plane);
        const six r = tile_output(column, rs);
#pragma GCC unroll 4
        for (int i = 0; i < 4 - rs; i++) t[i].v[j] = r.v[i];
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4 - rs; i++) {
        const six r = tile_output(t[i], cs);
#pragma GCC unroll 4
        for (int j = 0; j < 4 - cs; j++) {
            const size_t at = (size_t)i * row + (size_t)j * C;
            if ((size_t)i < rows && (size_t)j < columns)
                store(y + at, r.v[j] + (plus ? bias + load(plus + at) : bias));
        }
    }
}

INLINE void output_adjoint_tile(real *m, size_t plane, const real *dy, size_t row, size_t rows,
                                size_t columns, size_t C, const bool rs, const bool cs)
{
    six t[6], column;
#pragma GCC unroll 4
    for (int j = 0; j < 4 - cs; j++) {
#pragma GCC unroll 4
        for (int i = 0; i < 4 - rs; i++)
            column.v[i] = (size_t)i < rows && (size_t)j < columns
                              ? load(dy + (size_t)i * row + (size_t)j * C)
                              : all(0);
        const six r = tile_output_adjoint(column, rs);
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++) t[i].v[j] = r.v[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
        if (rs && i == SKIPPED) continue;
        const six r = tile_output_adjoint(t[i], cs);
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++)
            if (!(cs && j == SKIPPED)) store(m + (size_t)(6 * i + j) * plane, r.v[j]);
    }
}

/* ---- All tiles of an image ---- */

/* Tile (i, j): which kind, its number among the tiles of the chunk, and its first pixel. */
typedef struct tile_place {
    bool rs, cs;
    size_t number, row, column;
} tile_place;

static tile_place place(const kernel_tiling *g, size_t image, size_t i, size_t j)
{
    tile_place p = {.rs = i >= g->rows[0], .cs = j >= g->columns[0]};
    const size_t down = p.rs ? i - g->rows[0] : i, right = p.cs ? j - g->columns[0] : j;
    const size_t kind = 2 * (size_t)p.rs + (size_t)p.cs, width = g->columns[p.cs];
    for (size_t k = 0; k < kind; k++) p.number += g->images * g->rows[k / 2] * g->columns[k % 2];
    p.number += image * g->rows[p.rs] * width + down * width + right;
    p.row = p.rs ? 4 * g->rows[0] + 3 * down : 4 * i;
    p.column = p.cs ? 4 * g->columns[0] + 3 * right : 4 * j;
    return p;
}

static void input(real *v, size_t plane, const real *x, const kernel_tiling *g, size_t image,
                  size_t C)
{
    const size_t row = (4 * g->columns[0] + 3 * g->columns[1] + 2) * C;
    for (size_t i = 0; i < g->rows[0] + g->rows[1]; i++)
        for (size_t j = 0; j < g->columns[0] + g->columns[1]; j++) {
            const tile_place p = place(g, image, i, j);
            real *to = v + p.number * C;
            const real *from = x + p.row * row + p.column * C;
            for (size_t c = 0; c < C; c += LANES, to += LANES, from += LANES) {
                if (!p.rs && !p.cs) input_tile(to, plane, from, row, C, false, false);
                if (!p.rs && p.cs) input_tile(to, plane, from, row, C, false, true);
                if (p.rs && !p.cs) input_tile(to, plane, from, row, C, true, false);
                if (p.rs && p.cs) input_tile(to, plane, from, row, C, true, true);
            }
        }
}

static void input_adjoint(real *dx, const real *dv, size_t plane, const kernel_tiling *g,
                          size_t image, size_t C)
{
    const size_t row = (4 * g->columns[0] + 3 * g->columns[1] + 2) * C;
    for (size_t i = 0; i < g->rows[0] + g->rows[1]; i++)
        for (size_t j = 0; j < g->columns[0] + g->columns[1]; j++) {
            const tile_place p = place(g, image, i, j);
            real *to = dx + p.row * row + p.column * C;
            const real *from = dv + p.number * C;
            const bool up = i > 0, left = j > 0;
            for (size_t c = 0; c < C; c += LANES, to += LANES, from += LANES) {
                if (!p.rs && !p.cs)
                    input_adjoint_tile(to, row, from, plane, C, up, left, false, false);
                if (!p.rs && p.cs)
                    input_adjoint_tile(to, row, from, plane, C, up, left, false, true);
                if (p.rs && !p.cs)
                    input_adjoint_tile(to, row, from, plane, C, up, left, true, false);
                if (p.rs && p.cs) input_adjoint_tile(to, row, from, plane, C, up, left, true, true);
            }
        }
}

static void output(real *y, const real *m, size_t plane, const real *bias, const real *plus,
                   const kernel_tiling *g, size_t image, size_t C)
{
    const size_t row = g->width * C;
    for (size_t i = 0; i < g->rows[0] + g->rows[1]; i++)
        for (size_t j = 0; j < g->columns[0] + g->columns[1]; j++) {
            const tile_place p = place(g, image, i, j);
            const size_t R = g->height - p.row, S = g->width - p.column;
            for (size_t c = 0; c < C; c += LANES) {
                const size_t at = p.row * row + p.column * C + c;
                const real *const from = m + p.number * C + c, *const more =
                                                                   plus ? plus + at : NULL;
                const vector b = load(bias + c);
                if (!p.rs && !p.cs) /* never sticks out */
                    output_tile(y + at, row, from, plane, b, more, 4, 4, C, false, false);
                else if (!p.rs)
                    output_tile(y + at, row, from, plane, b, more, R, S, C, false, true);
                else if (!p.cs)
                    output_tile(y + at, row, from, plane, b, more, R, S, C, true, false);
                else
                    output_tile(y + at, row, from, plane, b, more, R, S, C, true, true);
            }
        }
}

static void output_adjoint(real *dm, size_t plane, const real *dy, const kernel_tiling *g,
                           size_t image, size_t C)
{
    const size_t row = g->width * C;
    for (size_t i = 0; i < g->rows[0] + g->rows[1]; i++)
        for (size_t j = 0; j < g->columns[0] + g->columns[1]; j++) {
            const tile_place p = place(g, image, i, j);
            const size_t R = g->height - p.row, S = g->width - p.column;
            real *to = dm + p.number * C;
            const real *from = dy + p.row * row + p.column * C;
            for (size_t c = 0; c < C; c += LANES, to += LANES, from += LANES) {
                if (!p.rs && !p.cs) /* never sticks out */
                    output_adjoint_tile(to, plane, from, row, 4, 4, C, false, false);
                else if (!p.rs)
                    output_adjoint_tile(to, plane, from, row, R, S, C, false, true);
                else if (!p.cs)
                    output_adjoint_tile(to, plane, from, row, R, S, C, true, false);
                else
                    output_adjoint_tile(to, plane, from, row, R, S, C, true, true);
            }
        }
}

/* ---- Weights ---- */

static void weights(real *u, size_t plane, const real *w, size_t first, size_t second)
{
    for (size_t f = 0; f < first; f++, w += 9 * second, u += second)
        for (size_t s = 0; s < second; s += LANES) {
            six t[3];
            for (size_t j = 0; j < 3; j++)
                t[j] = tile_weights(load(w + j * second + s), load(w + (3 + j) * second + s),
                                    load(w + (6 + j) * second + s));
            for (size_t i = 0; i < 6; i++) {
                const six r = tile_weights(t[0].v[i], t[1].v[i], t[2].v[i]);
                for (size_t j = 0; j < 6; j++) store(u + (6 * i + j) * plane + s, r.v[j]);
            }
        }
}

static void weights_adjoint(real *dw, const real *du, size_t plane, size_t first, size_t second)
{
    for (size_t f = 0; f < first; f++, dw += 9 * second, du += second)
        for (size_t s = 0; s < second; s += LANES) {
            six t[6];
            for (size_t i = 0; i < 6; i++) {
                six row;
                for (size_t j = 0; j < 6; j++) row.v[j] = load(du + (6 * i + j) * plane + s);
                t[i] = tile_weights_adjoint(row);
            }
            for (size_t j = 0; j < 3; j++) {
                six column;
                for (size_t i = 0; i < 6; i++) column.v[i] = t[i].v[j];
                const six r = tile_weights_adjoint(column);
                for (size_t i = 0; i < 3; i++) store(dw + (3 * i + j) * second + s, r.v[i]);
            }
        }
}

const kernel_conv_table KERNEL_TABLE = {input,          input_adjoint, output,
                                        output_adjoint, weights,       weights_adjoint};
