/* model_data.c -- the data of a model. */
#include "ddpm/model_data.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/check.h"

static double *numbers(size_t n)
{
    double *x = calloc(n, sizeof *x);
    if (!x) check_refuse("ddpm: out of memory");
    return x;
}

/* The file of gmm:FILE and points:FILE, or NULL. */
static const char *file_name(const char *data)
{
    if (strncmp(data, "gmm:", 4) == 0) return data + 4;
    return strncmp(data, "points:", 7) == 0 ? data + 7 : NULL;
}

static void read_points(model *m, const char *data)
{
    char error[512];
    struct stat st;
    const char *path = file_name(data);
    if (path && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        check_refuse("--data %s: expected a regular file (a resume reads it again)", data);
    if (path && !digest_file(m->data_hash, path))
        check_refuse("--data %s: %s", data, strerror(errno));
    m->d = toy_alloc(data, error, sizeof error);
    if (!m->d) check_refuse("%s", error);
    m->D = m->d->D;
}

static void read_images(model *m, const char *data, const char *mnist)
{
    char error[512];
    m->i = images_read(data, IMAGES_TRAIN, mnist, error, sizeof error);
    if (!m->i) check_refuse("%s", error);
    m->rows = m->i->rows;
    m->columns = m->i->columns;
    m->D = m->rows * m->columns;
    memcpy(m->data_hash, m->i->hash, sizeof m->data_hash);
}

void model_read_data(model *m, const words *w, const char *mnist)
{
    const char *data = w->text[WORD_DATA];
    if (words_images(w))
        read_images(m, data, mnist);
    else
        read_points(m, data);
}

void model_choose_units(model *m, const words *w)
{
    m->shift = numbers(m->D);
    m->scale = 1.0;
    if (!file_name(w->text[WORD_DATA])) return;
    double *sd = numbers(m->D), sum = 0.0;
    toy_moments(m->d, m->shift, sd);
    for (size_t i = 0; i < m->D; i++) sum += sd[i] * sd[i];
    m->scale = sqrt(sum / (double)m->D);
    free(sd);
    if (!(m->scale > 0.0))
        check_refuse("--data %s: all points agree; there is nothing to learn", w->text[WORD_DATA]);
}

void model_read_same_data(model *m, const words *w, const char *path, const char *mnist)
{
    char hash[DIGEST_HEX];
    memcpy(hash, m->data_hash, sizeof hash);
    const size_t D = m->D;
    model_read_data(m, w, mnist);
    if (m->D != D || strcmp(m->data_hash, hash) != 0)
        check_refuse("--data %s: these are not the data that %s was trained on (SHA-256 differs)",
                     w->text[WORD_DATA], path);
}
