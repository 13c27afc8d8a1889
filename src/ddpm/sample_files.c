/* sample_files.c -- samples as files: numbers and pictures. */
#include "ddpm/sample_files.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/pictures.h"

static void write_tsv(FILE *f, const double *x, size_t n, size_t D)
{
    fputc('#', f);
    for (size_t d = 0; d < D; d++) fprintf(f, "%cx_%zu", d > 0 ? '\t' : ' ', d + 1);
    fputc('\n', f);
    for (size_t i = 0; i < n && !ferror(f); i++)
        for (size_t d = 0; d < D; d++) fprintf(f, "%.9g%c", x[i * D + d], d + 1 < D ? '\t' : '\n');
}

/* NumPy's format, version 1.0: magic, length of the header, a Python literal padded to 64 bytes, data. */
static void write_npy(FILE *f, const double *x, size_t n, const sample_shape *shape)
{
    char head[192], size[48];
    if (shape->rows > 0)
        snprintf(size, sizeof size, "%zu, %zu", shape->rows, shape->columns);
    else
        snprintf(size, sizeof size, "%zu", shape->D);
    memset(head, ' ', sizeof head);
    memcpy(head, "\x93NUMPY\x01\x00", 8);
    const int text =
        snprintf(head + 10, sizeof head - 10,
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %s), }", n, size);
    const size_t length = ((size_t)text + 11 + 63) / 64 * 64;
    head[10 + text] = ' ';
    head[length - 1] = '\n';
    head[8] = (char)(length - 10);
    head[9] = 0;
    fwrite(head, 1, length, f);
    fwrite(x, sizeof *x, n * shape->D, f);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* As many across as down, or one more. */
static void write_png(const char *path, const double *x, size_t n, const sample_shape *shape)
{
    const size_t across = (size_t)ceil(sqrt((double)n)), down = (n + across - 1) / across;
    sheet *s = sheet_alloc(across, down, shape->rows, shape->columns);
    for (size_t i = 0; i < n; i++) sheet_draw(s, i, x + i * shape->D);
    sheet_write(s, "--out", path);
    sheet_free(s);
}

void sample_files_check(const char *path, const sample_shape *shape)
{
    if (path && ends_with(path, ".png") && shape->rows == 0)
        check_refuse("--out %s: these samples are points; a picture needs a model of images", path);
}

void sample_files_write(const char *path, const double *x, size_t n, const sample_shape *shape)
{
    if (!path) {
        write_tsv(stdout, x, n, shape->D);
        if (fflush(stdout) != 0 || ferror(stdout))
            check_refuse("ddpm sample: cannot write: %s", strerror(errno));
        return;
    }
    if (ends_with(path, ".png")) {
        write_png(path, x, n, shape);
        return;
    }
    output *o = output_open("--out", path);
    if (ends_with(path, ".npy"))
        write_npy(o->stream, x, n, shape);
    else
        write_tsv(o->stream, x, n, shape->D);
    output_close(o);
}

/* ---- The way ----------------------------------------------------------------------------------- */

enum { SNAPSHOTS = 11, STRIP_ROWS = 8, FRAMES = 60, FILM_FIELDS = 36 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

sample_way sample_way_start(const char *strip, const char *gif, size_t n, size_t T,
                            const sample_shape *shape)
{
    sample_way way = {.T = T};
    if ((strip || gif) && shape->rows == 0)
        check_refuse("--strip, --gif: these samples are points; pictures need a model of images");
    if (strip)
        way.strip = sheet_alloc(SNAPSHOTS, smaller(n, STRIP_ROWS), shape->rows, shape->columns);
    if (gif) {
        const size_t across = (size_t)ceil(sqrt((double)smaller(n, FILM_FIELDS)));
        way.scene = sheet_alloc(across, (smaller(n, FILM_FIELDS) + across - 1) / across,
                                shape->rows, shape->columns);
        way.film = film_open("--gif", gif, way.scene);
    }
    return way;
}

/* Every snapshot that is due at t: number j at t = T (1 - j/10). */
static void take_snapshots(sample_way *way, size_t t, const double *x, size_t n)
{
    sheet *s = way->strip;
    for (; way->snapshots < s->across &&
           (s->across - 1) * t <= (s->across - 1 - way->snapshots) * way->T;
         way->snapshots++)
        for (size_t i = 0; i < smaller(n, s->down); i++)
            sheet_draw(s, i * s->across + way->snapshots, x + i * s->rows * s->columns);
}

static void take_frame(sample_way *way, size_t t, const double *x, size_t n)
{
    sheet *s = way->scene;
    if (t > 0 && FRAMES * (way->T - t) < way->frames * way->T) return;
    for (size_t i = 0; i < smaller(n, s->across * s->down); i++)
        sheet_draw(s, i, x + i * s->rows * s->columns);
    film_add(way->film, s, t == 0 ? 300 : 8);
    way->frames++;
}

void sample_way_see(size_t t, const double *x, size_t n, void *params)
{
    sample_way *way = params;
    if (way->strip) take_snapshots(way, t, x, n);
    if (way->film) take_frame(way, t, x, n);
}

void sample_way_end(sample_way *way, const char *strip)
{
    if (way->strip) sheet_write(way->strip, "--strip", strip);
    film_close(way->film);
    sheet_free(way->strip);
    sheet_free(way->scene);
}
