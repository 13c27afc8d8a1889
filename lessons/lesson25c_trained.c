/* Lesson 25, part c.  The trained network.
 *
 * It comes with the source (lessons/trained/README.md has the command that made it), so that digits
 * appear within a minute; `make lesson25 TRAIN=1` trains one from nothing.  What it does is an
 * experiment: measured, never judged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "ddpm/loaded.h"
#include "lesson25.h"
#include "train/bits.h"
#include "train/quality.h"

static const char shipped[] = "lessons/trained/mnist.safetensors";

/* The classifier that has learned from the same kind of images. */
static const char *judge_of(const loaded *net)
{
    return strcmp(net->words.text[WORD_DATA], "digits") == 0
               ? "lessons/trained/lenet_digits.safetensors"
               : "lessons/trained/lenet_mnist.safetensors";
}

enum { ACROSS = 8, SAMPLES = ACROSS * ACROSS, STRIDE = 100, WAY = 11 };

static size_t at_least(size_t n, size_t least)
{
    return n > least ? n : least;
}

/* ---- Samples ---- */

/* A picture as a block of numbers for gnuplot: fields of 28 x 28 side by side, with paper between. */
static void write_fields(lesson *L, const char *name, const double *x, size_t across, size_t down)
{
    enum { PITCH = ROWS + 2 };
    data_file *f = data_open(L, name, "row column value");
    for (size_t i = 0; f && i < down * PITCH; i++) {
        for (size_t j = 0; j < across * PITCH; j++) {
            const size_t field = i / PITCH * across + j / PITCH, row = i % PITCH,
                         column = j % PITCH;
            const bool inside = row < ROWS && column < ROWS;
            data_line(f, "%zu %zu %.3f", i, j,
                      inside ? x[field * PIXELS + row * ROWS + column] : -1.0);
        }
        data_gap(f);
    }
    data_close(f);
}

/* The way of the first few samples, column by column as t falls. */
typedef struct way {
    double *x; /* [ACROSS, WAY, 28, 28] */
    size_t taken;
} way;

static int look(size_t t, const double *x, size_t n, void *params)
{
    way *w = params;
    while (w->taken < WAY && (WAY - 1) * t <= (WAY - 1 - w->taken) * chain->T) {
        for (size_t i = 0; i < ACROSS && i < n; i++)
            for (size_t d = 0; d < PIXELS; d++)
                w->x[(i * WAY + w->taken) * PIXELS + d] = x[i * PIXELS + d];
        w->taken++;
    }
    return 0;
}

static double *sample(lesson *L, loaded *net, size_t n)
{
    way w = {calloc((size_t)ACROSS * WAY * PIXELS, sizeof *w.x), 0};
    double *x = calloc(n * PIXELS, sizeof *x);
    if (!x || !w.x) check_refuse("lesson 25: out of memory");
    const denoise_options how = {
        .seed = lesson_seed(L), .steps = STRIDE, .watch = look, .params = &w};
    if (denoise_sample(net->w, x, n, &how) != 0) check_refuse("lesson 25: the sampler failed");
    measured(L, "%zu samples, %d of the %zu steps, sigma^2 = %s", n, STRIDE, chain->T,
             task_sigma_word(net->w->sigma));
    write_fields(L, "way", w.x, WAY, ACROSS);
    free(w.x);
    return x;
}

/* ---- Are they digits? ---- */

static void classify_samples(lesson *L, const loaded *net, const double *x, size_t n)
{
    char error[CHECKPOINT_ERROR] = "out of memory";
    classifier *c = classify_read(judge_of(net), error, sizeof error);
    if (!c) check_refuse("lesson 25: %s", error);
    float *pixel = calloc(n * PIXELS, sizeof *pixel);
    real *logits = calloc(n * LENET_CLASSES, sizeof *logits);
    if (!pixel || !logits) check_refuse("lesson 25: out of memory");
    for (size_t i = 0; i < n * PIXELS; i++) pixel[i] = (float)x[i];
    images *s = images_of_numbers(pixel, n, ROWS, ROWS, "samples", error, sizeof error);
    free(pixel);
    if (!s || !classify_apply(c, s, logits, NULL, NULL)) check_refuse("lesson 25: out of memory");
    size_t count[LENET_CLASSES] = {0}, sure = 0;
    double confidence = 0.0;
    for (size_t i = 0; i < n; i++) {
        double p[LENET_CLASSES];
        const size_t k = lenet_probabilities(p, logits + i * LENET_CLASSES);
        count[k]++;
        confidence += p[k] / (double)n;
        sure += p[k] > 0.9;
    }
    measured(L, "a classifier is sure (> 0.9) of %zu of %zu; its mean confidence is %.3f", sure, n,
             confidence);
    measured(L, "digits 0 to 9: %zu %zu %zu %zu %zu %zu %zu %zu %zu %zu", count[0], count[1],
             count[2], count[3], count[4], count[5], count[6], count[7], count[8], count[9]);
    free(logits);
    images_free(s);
    classify_free(c);
}

/* ---- How many bits? ---- */

static void write_terms(lesson *L, const bits_pass *pass, const evaluate_bound *b)
{
    data_file *f = data_open(L, "terms", "t bits error loss");
    for (size_t t = 1; f && t <= b->T; t++) {
        const evaluate_number bits = evaluate_bits(b->term[t], b->D);
        data_line(f, "%zu %.6g %.6g %.6g", t, bits.value, bits.error, bits_eps_loss(pass, t).value);
    }
    data_close(f);
}

static void bits_per_dimension(lesson *L, loaded *net, const images *s)
{
    int status = 0;
    const size_t calls = at_least(lesson_steps(L, 20000), 4 * chain->T);
    bits_plan *plan = bits_plan_alloc(chain, s->n, calls, lesson_seed(L), false);
    bits_pass *pass = plan ? bits_pass_alloc(net->w, plan, s->pixel, NULL, NULL, &status) : NULL;
    double *sigma2 = calloc(chain->T + 1, sizeof *sigma2);
    if (!pass || !sigma2) check_refuse("lesson 25: the bound failed: %s", gsl_strerror(status));
    for (int choice = SIGMA_BETA; choice <= SIGMA_BETA_TILDE; choice++) {
        bits_sigma2(sigma2, chain, (weight_variance)choice);
        evaluate_bound *b = bits_bound_alloc(pass, &(bits_kernel){.sigma2 = sigma2}, net->w->pool);
        if (!b) check_refuse("lesson 25: out of memory");
        const evaluate_number all = evaluate_bits(b->total, PIXELS);
        measured(L, "%s: %.3f +- %.3f bits/dim (L_0 %.3f, sum L_t %.3f, L_T %.1g)",
                 choice == SIGMA_BETA ? "sigma^2 = beta" : "sigma^2 = beta_tilde", all.value,
                 all.error, evaluate_bits(b->decoder, PIXELS).value,
                 evaluate_bits(b->denoising, PIXELS).value, evaluate_bits(b->prior, PIXELS).value);
        if (choice == SIGMA_BETA_TILDE) write_terms(L, pass, b);
        evaluate_bound_free(b);
    }
    measured(L, "of %s; %zu network calls, all %zu t; a uniform guess has 8", s->name, plan->pairs,
             chain->T);
    free(sigma2);
    bits_pass_free(pass);
    bits_plan_free(plan);
}

/* Test images of the kind that it was trained on; without genuine MNIST the built-in digits. */
static void measure_bits(lesson *L, loaded *net)
{
    char error[256];
    const char *data = net->words.text[WORD_DATA];
    images *s = images_read(data, IMAGES_TEST, lesson_mnist(L), error, sizeof error);
    if (strcmp(data, "mnist") == 0 && !(s && s->genuine)) {
        not_run(L, "bits/dim of MNIST", s ? "these are not the genuine files" : error);
        images_free(s);
        s = NULL;
    }
    bits_per_dimension(L, net, s ? s : digits);
    images_free(s);
}

/* ---- How long did it train? ---- */

/* The log of its training, NAME.tsv beside NAME.safetensors, becomes the data of a figure. */
static void copy_log(lesson *L, const char *path)
{
    char name[4096], line[256];
    const size_t stem =
        strlen(path) > strlen(".safetensors") ? strlen(path) - strlen(".safetensors") : 0;
    snprintf(name, sizeof name, "%.*s.tsv", (int)stem, path);
    FILE *from = fopen(name, "r");
    data_file *f = data_open(L, "training", "step samples seconds loss rate");
    double step, samples = 0.0, seconds = 0.0, loss, rate;
    while (from && fgets(line, sizeof line, from)) {
        if (sscanf(line, "%lf %lf %lf %lf %lf", &step, &samples, &seconds, &loss, &rate) != 5)
            continue;
        data_line(f, "%.0f %.0f %.2f %.6g %.4g", step, samples, seconds, loss, rate);
    }
    data_close(f);
    if (from) fclose(from);
    if (samples > 0.0)
        measured(L, "it was trained on %.0f images in %.1f minutes", samples, seconds / 60.0);
}

void trained_network(lesson *L)
{
    loaded net;
    const char *path = lesson_model(L) ? lesson_model(L) : shipped;
    say(L, "A trained U-Net, %s:", path);
    loaded_open(&net, path, "beta_tilde", 0, false, lesson_mnist(L));
    if (net.m->rows != ROWS || net.m->columns != ROWS)
        check_refuse("--model %s: expected a model of 28 x 28 images", path);
    const size_t n = at_least(lesson_steps(L, SAMPLES), 2 * ACROSS) / ACROSS * ACROSS;
    measured(L, "width %s x %s: %zu parameters, %llu steps of %s images (%s)",
             net.words.text[WORD_WIDTH], net.words.text[WORD_MULT], net.m->net->parameters,
             (unsigned long long)net.step, net.words.text[WORD_BATCH], net.words.text[WORD_DATA]);
    copy_log(L, path);
    double *x = sample(L, &net, n);
    write_fields(L, "samples", x, ACROSS, n / ACROSS);
    classify_samples(L, &net, x, n);
    measure_bits(L, &net);
    evidence(
        L,
        "L_T = 0.0146 nats on MNIST; sigma^2 = beta costs 264 nats; samples and bound: measured");
    free(x);
    loaded_close(&net);
}
