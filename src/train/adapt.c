/* adapt.c -- data sets as what a trainer draws from, and as the exact oracle to measure it by. */
#include "train/adapt.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "data/points.h"

static void draw_toy(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)index;
    const adapt_toy *a = params;
    double x[POINTS_MAX_D];
    toy_sample(a->d, x, counter_uniform, rng);
    for (size_t i = 0; i < a->d->D; i++)
        x_0[i] = (real)((x[i] - (a->shift ? a->shift[i] : 0.0)) / a->scale);
}

adapt_data adapt_toy_data(const adapt_toy *a)
{
    return (adapt_data){a->d->D, draw_toy, a};
}

mixture *adapt_toy_mixture(const adapt_toy *a)
{
    const toy *d = a->d;
    if (d->K == 0) GSL_ERROR_NULL("these data are no mixture: no exact denoiser", GSL_EINVAL);
    mixture *m = mixture_alloc(d->K, d->D);
    if (!m) return NULL;
    for (size_t k = 0; k < d->K; k++) {
        m->weight[k] = d->weight[k];
        m->var[k] = d->var[k] / gsl_pow_2(a->scale);
        for (size_t i = 0; i < d->D; i++)
            m->mean[k * d->D + i] =
                (d->mean[k * d->D + i] - (a->shift ? a->shift[i] : 0.0)) / a->scale;
    }
    return m;
}

static void draw_image(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)index;
    const images *s = params;
    images_scale(s, counter_below(rng, s->n), x_0);
}

adapt_data adapt_images_data(const images *s)
{
    return (adapt_data){s->rows * s->columns, draw_image, s};
}

static void draw_mixture(real *x_0, uint64_t index, counter_rng *rng, const void *params)
{
    (void)index;
    const mixture *m = params;
    double u = counter_uniform(rng);
    size_t k = 0;
    while (k + 1 < m->K && u >= m->weight[k]) u -= m->weight[k++];
    for (size_t i = 0; i < m->D; i++)
        x_0[i] = (real)(m->mean[k * m->D + i] + sqrt(m->var[k]) * counter_normal(rng));
}

adapt_data adapt_mixture_data(const mixture *m)
{
    return (adapt_data){m->D, draw_mixture, m};
}
