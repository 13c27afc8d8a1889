/* image_quality.c -- the samples of an image model, judged by a frozen classifier. */
#include "ddpm/image_quality.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"

/* Steps of the classifiers that learn from samples and from as many real images, at most; fewer
 * samples get as many steps as there are samples. */
enum { TEACHING_STEPS = 1000 };

/* ---- The judge ------------------------------------------------------------------------------- */

static const char *shipped(const char *data)
{
    if (strcmp(data, "mnist") == 0) return "lessons/trained/lenet_mnist.safetensors";
    return strcmp(data, "digits") == 0 ? "lessons/trained/lenet_digits.safetensors" : NULL;
}

/* A file that was asked for must be there; the shipped one may be missing. */
void image_quality_open(image_quality *q, const loaded *l, const char *path)
{
    char error[512];
    const char *file = path ? path : shipped(l->words.text[WORD_DATA]);
    *q = (image_quality){.judge = NULL};
    if (path || (file && access(file, R_OK) == 0)) {
        q->judge = classify_read(file, error, sizeof error);
        if (!q->judge) check_refuse("--classifier %s", error);
    } else
        snprintf(q->why, sizeof q->why,
                 "no classifier%s%s; ddpm classifier makes one, --classifier names it",
                 file ? ": no file " : " for these images", file ? file : "");
}

/* ---- Samples --------------------------------------------------------------------------------- */

static images *draw(loaded *l, size_t n, size_t respace, uint64_t seed)
{
    char error[256];
    const size_t D = l->m->D;
    double *x = malloc(n * D * sizeof *x);
    float *unit = malloc(n * D * sizeof *unit);
    if (!x || !unit) check_refuse("--n %zu: out of memory", n);
    loaded_sample(l, x, n, seed, respace, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t d = i * D; d < (i + 1) * D; d++)
            unit[d] = (float)((x[d] - l->m->shift[d - i * D]) / l->m->scale);
    images *s =
        images_of_numbers(unit, n, l->m->rows, l->m->columns, "samples", error, sizeof error);
    if (!s) check_refuse("ddpm eval: %s", error);
    free(x);
    free(unit);
    return s;
}

static void judge(image_quality *q, const quality *ruler, const images *samples, uint64_t seed)
{
    char error[256];
    classify_config config = classify_defaults();
    config.steps = q->n < TEACHING_STEPS ? q->n : TEACHING_STEPS;
    config.seed = seed;
    if (!quality_frechet_of(ruler, samples, &q->frechet, error, sizeof error) ||
        !quality_classes_of(ruler, samples, &q->classes, error, sizeof error) ||
        !quality_memory_of(ruler, samples, &q->memory, error, sizeof error) ||
        !quality_teaching_of(ruler, samples, &config, &q->teaching, error, sizeof error))
        check_refuse("ddpm eval: the samples: %s", error);
}

void image_quality_measure(image_quality *q, loaded *l, const images *test, size_t n,
                           size_t respace, uint64_t seed)
{
    char error[256];
    q->n = n;
    q->steps = respace ? respace : l->m->s->T;
    if (!q->judge) return;
    images *samples = draw(l, n, respace, seed);
    quality *ruler = quality_alloc(q->judge, l->m->i, test, l->w->pool, error, sizeof error);
    if (!ruler) check_refuse("ddpm eval: the classifier: %s", error);
    judge(q, ruler, samples, seed);
    quality_free(ruler);
    images_free(samples);
}

void image_quality_free(image_quality *q)
{
    classify_free(q->judge);
}

/* ---- For people ------------------------------------------------------------------------------ */

static void print_classes(const quality_classes *k)
{
    printf("  %-26s", "classes 0 .. 9");
    for (size_t c = 0; c < LENET_CLASSES; c++) printf(" %zu", k->count[c]);
    printf("; chi^2 %.1f with %zu degrees of freedom, p = %.2g\n", k->chi2, k->free, k->p);
    printf("  %-26s %8.4f +- %.4f   test images %.4f +- %.4f\n", "mean confidence",
           k->confidence.value, k->confidence.se, k->confidence_real.value, k->confidence_real.se);
}

static void print_memory(const quality_memory *m)
{
    printf("  %-26s %8.3f +- %.3f    test images %.3f +- %.3f, ratio %.3f +- %.3f\n",
           "nearest training image", m->sample.value, m->sample.se, m->real.value, m->real.se,
           m->ratio.value, m->ratio.se);
    printf("  %-26s %8.4f +- %.4f   nearer than 99 %% of the test images are; copies found %zu of "
           "%zu\n",
           "learnt by heart", m->share.value, m->share.se, m->found, m->planted);
}

void image_quality_print(const image_quality *q, size_t T)
{
    printf("\n%zu samples", q->n);
    if (!q->judge) {
        printf(": not run, %s\n", q->why);
        return;
    }
    if (q->steps < T)
        printf(", by a respaced chain of %zu of the %zu steps", q->steps, T);
    else
        printf(", all %zu steps", T);
    printf("; judged by the classifier %.12s of %s\n", q->judge->hash, q->judge->data);
    const quality_frechet *f = &q->frechet;
    printf("  %-26s %8.2f +- %.2f     %zu test images %.2f +- %.2f (sd of %zu draws), noise %.0f\n",
           "Frechet distance", f->distance.value, f->distance.se, f->n, f->floor_mean, f->floor_sd,
           f->draws, f->noise);
    print_classes(&q->classes);
    print_memory(&q->memory);
    const quality_teaching *t = &q->teaching;
    printf(
        "  %-26s %8.4f +- %.4f   %zu real images %.4f +- %.4f, labelled by the same classifier\n",
        "accuracy, samples alone", t->sample.value, t->sample.se, t->n_real, t->real.value,
        t->real.se);
    printf("  (the last: right on real test images after learning from nothing but the samples, "
           "%" PRIu64 " steps)\n",
           t->steps);
}

/* ---- As JSON --------------------------------------------------------------------------------- */

/* A number that is not there is null. */
static void add_value(cJSON *item, const char *name, double x)
{
    if (isfinite(x))
        cJSON_AddNumberToObject(item, name, x);
    else
        cJSON_AddNullToObject(item, name);
}

static void add_number(cJSON *parent, const char *name, quality_number x)
{
    cJSON *item = cJSON_AddObjectToObject(parent, name);
    add_value(item, "value", x.value);
    add_value(item, "error", x.se);
}

static void add_frechet(cJSON *item, const quality_frechet *f)
{
    add_number(item, "frechet_distance", f->distance);
    add_value(item, "frechet_floor", f->floor_mean);
    add_value(item, "frechet_floor_sd", f->floor_sd);
    add_value(item, "frechet_noise", f->noise);
}

static void add_classes(cJSON *item, const quality_classes *k)
{
    cJSON *count = cJSON_AddArrayToObject(item, "classes");
    for (size_t c = 0; c < LENET_CLASSES; c++)
        cJSON_AddItemToArray(count, cJSON_CreateNumber((double)k->count[c]));
    add_value(item, "classes_chi2", k->chi2);
    add_value(item, "classes_p", k->p);
    add_number(item, "confidence", k->confidence);
    add_number(item, "confidence_test_images", k->confidence_real);
}

static void add_memory(cJSON *item, const quality_memory *m)
{
    add_number(item, "nearest_training_image", m->sample);
    add_number(item, "nearest_training_image_test_images", m->real);
    add_number(item, "nearest_ratio", m->ratio);
    add_number(item, "nearer_than_99_percent", m->share);
    cJSON_AddNumberToObject(item, "planted_copies", (double)m->planted);
    cJSON_AddNumberToObject(item, "planted_copies_found", (double)m->found);
}

void image_quality_json(cJSON *root, const image_quality *q, size_t T)
{
    cJSON *item = cJSON_AddObjectToObject(root, "samples");
    if (!q->judge) {
        cJSON_AddStringToObject(item, "not_run", q->why);
        return;
    }
    cJSON_AddNumberToObject(item, "n", (double)q->n);
    cJSON_AddNumberToObject(item, "steps_of_chain", (double)q->steps);
    cJSON_AddBoolToObject(item, "respaced", q->steps < T);
    cJSON_AddStringToObject(item, "classifier_sha256", q->judge->hash);
    cJSON_AddStringToObject(item, "classifier_data", q->judge->data);
    add_frechet(item, &q->frechet);
    add_classes(item, &q->classes);
    add_memory(item, &q->memory);
    add_number(item, "accuracy_taught_by_samples", q->teaching.sample);
    add_number(item, "accuracy_taught_by_real_images", q->teaching.real);
}
