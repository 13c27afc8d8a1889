/* quality_memory.c -- are samples copies of training images, and can one learn from them? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_sort.h>

#include "net/counter.h"
#include "train/nearest.h"
#include "train/quality_parts.h"

enum { STREAM_PLANT = 34, PLANTED = 20 };

/* ---- Learnt by heart? ------------------------------------------------------------------------ */

/* The median of sorted numbers.  Half the distance of the order statistics that lie one standard
 * deviation of Binomial(n, 1/2) on either side of it is its standard error, for any law. */
static quality_number median_of(const double *sorted, size_t n)
{
    const double off = 0.5 * sqrt((double)n), middle = 0.5 * ((double)n - 1.0);
    const size_t low = (size_t)fmax(floor(middle - off), 0.0);
    const size_t high = GSL_MIN((size_t)ceil(middle + off), n - 1);
    const double median = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    return (quality_number){median, n > 1 ? 0.5 * (sorted[high] - sorted[low]) : (double)NAN};
}

/* x / y of independent numbers, to first order. */
static quality_number ratio_of(quality_number x, quality_number y)
{
    const double ratio = x.value / y.value;
    return (quality_number){ratio, fabs(ratio) * hypot(x.se / x.value, y.se / y.value)};
}

static size_t count_below(const double *x, size_t n, double limit)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += x[i] < limit;
    return count;
}

/* Copies of training images with every pixel moved by -2 .. 2 grey values. */
static images *plant(const images *train)
{
    images *const s =
        quality_pick(train, 0, train->n / GSL_MIN(train->n, PLANTED), GSL_MIN(train->n, PLANTED));
    if (!s) return NULL;
    counter_rng rng = counter_start(1, STREAM_PLANT, 0, 0);
    for (size_t i = 0; i < s->n * s->rows * s->columns; i++) {
        const int grey = s->pixel[i] + (int)counter_below(&rng, 5) - 2;
        s->pixel[i] = (unsigned char)GSL_MIN(GSL_MAX(grey, 0), 255);
    }
    return s;
}

static bool find_planted(const quality *q, quality_memory *m)
{
    double distance[PLANTED];
    images *const s = plant(q->train);
    const bool good = s && nearest_find(distance, NULL, s, q->train, q->pool);
    if (good) {
        m->planted = s->n;
        m->found = count_below(distance, s->n, m->quantile);
    }
    images_free(s);
    return good;
}

static void compare(quality_memory *m, double *sample, double *real_images)
{
    gsl_sort(sample, 1, m->n);
    gsl_sort(real_images, 1, m->n_real);
    m->sample = median_of(sample, m->n);
    m->real = median_of(real_images, m->n_real);
    m->ratio = ratio_of(m->sample, m->real);
    m->quantile = real_images[m->n_real / 100];
    m->nearer = count_below(sample, m->n, m->quantile);
    const double share = (double)m->nearer / (double)m->n;
    m->share = (quality_number){share, sqrt(share * (1.0 - share) / (double)m->n)};
}

bool quality_memory_of(const quality *q, const images *samples, quality_memory *m, char *error,
                       size_t error_size)
{
    if (!quality_accepts(q, samples, 1, error, error_size)) return false;
    const size_t n = samples->n, n_real = GSL_MIN(GSL_MAX(n, 100), q->test->n);
    if (n_real < 100)
        return quality_fail(error, error_size,
                            "fewer than 100 test images, expected enough for their 1 % quantile");
    *m = (quality_memory){.n = n, .n_real = n_real};
    images *const test = quality_pick(q->test, 0, q->test->n / n_real, n_real);
    double *const sample = malloc((n + n_real) * sizeof *sample);
    bool good = test && sample && nearest_find(sample, NULL, samples, q->train, q->pool) &&
                nearest_find(sample + n, NULL, test, q->train, q->pool);
    if (good) {
        compare(m, sample, sample + n);
        good = find_planted(q, m);
    }
    images_free(test);
    free(sample);
    return good || quality_fail(error, error_size, "no memory for nearest neighbours");
}

/* ---- Is it enough to learn from? ------------------------------------------------------------- */

/* What the frozen classifier calls these images, [s->n]; to be freed, NULL without memory. */
static unsigned char *labels_of(const quality *q, const images *s)
{
    real *const logits = malloc(s->n * LENET_CLASSES * sizeof *logits);
    unsigned char *const label = malloc(s->n);
    const bool good = logits && label && classify_apply(q->c, s, logits, NULL, q->pool);
    for (size_t i = 0; good && i < s->n; i++) {
        double p[LENET_CLASSES];
        label[i] = (unsigned char)lenet_probabilities(p, logits + i * LENET_CLASSES);
    }
    free(logits);
    if (good) return label;
    free(label);
    return NULL;
}

/* Train on these images alone, then look at the real test images with their own labels. */
static bool teach(const quality *q, const images *s, const classify_config *config,
                  quality_number *accuracy, char *error, size_t error_size)
{
    unsigned char *const label = labels_of(q, s);
    if (!label) return quality_fail(error, error_size, "no memory for labels");
    classifier *const c = classify_train(s, label, config, q->pool, NULL, NULL, error, error_size);
    free(label);
    if (!c) return false;
    classify_score score;
    const bool good = classify_measure(c, q->test, NULL, &score, q->pool);
    classify_free(c);
    if (!good) return quality_fail(error, error_size, "no memory for the test images");
    *accuracy = (quality_number){score.accuracy, score.accuracy_se};
    return true;
}

bool quality_teaching_of(const quality *q, const images *samples, const classify_config *config,
                         quality_teaching *t, char *error, size_t error_size)
{
    if (!quality_accepts(q, samples, 1, error, error_size)) return false;
    const size_t n = GSL_MIN(samples->n, q->train->n);
    *t = (quality_teaching){
        .n = samples->n, .n_test = q->test->n, .n_real = n, .steps = config->steps};
    images *const real_images = quality_pick(q->train, 0, q->train->n / n, n);
    const bool good = real_images
                          ? teach(q, samples, config, &t->sample, error, error_size) &&
                                teach(q, real_images, config, &t->real, error, error_size)
                          : quality_fail(error, error_size, "no memory for training images");
    images_free(real_images);
    return good;
}
