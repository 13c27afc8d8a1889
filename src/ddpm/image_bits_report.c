/* image_bits_report.c -- bits per dimension, for people, as JSON and as a curve. */
#include <math.h>

#include <gsl/gsl_math.h>

#include "ddpm/image_bits.h"

static const char *const choice_name[IMAGE_BITS_CHOICES] = {
    "beta", "beta_tilde", "best", "beta_clip", "beta_tilde_clip", "best_clip", "learned"};

/* ---- For people ------------------------------------------------------------------------------ */

static void print_terms(const char *name, const evaluate_bound *b, double unit, const char *format)
{
    const evaluate_number part[4] = {b->prior, b->denoising, b->decoder, b->total};
    printf("  %-15s", name);
    for (size_t i = 0; i < 4; i++) printf(format, part[i].value * unit, part[i].error * unit);
}

static void print_table(const image_bits *b)
{
    static const char *const heads[] = {"L_T", "sum of L_{t-1}", "L_0", "the bound"};
    printf("  sigma_t^2      ");
    for (size_t i = 0; i < 4; i++) printf(" %17s", heads[i]);
    printf("   tanh decoder\n");
    const double unit = 1.0 / ((double)b->D * M_LN2);
    for (size_t i = 0; i < b->choices; i++) {
        print_terms(choice_name[i], b->bound[i], unit, " %8.4f +- %.4f ");
        if (b->kernel[i].sigma2) printf("  %8.4f", b->tanh[i].value);
        printf("  bits/dim\n");
    }
    for (size_t i = 0; i < b->choices; i++) {
        print_terms(choice_name[i], b->bound[i], 1.0, " %8.2f +- %6.2f ");
        printf("%12s nats\n", "");
    }
}

static void print_notes(const image_bits *b)
{
    const double unit = 1.0 / ((double)b->D * M_LN2);
    printf("  sigma_1: beta %.4f, beta_tilde %.4f (that of t = 2), best %.4f, best_clip %.4f; a "
           "bin is "
           "0.0078 wide\n",
           sqrt(b->table[0][1]), sqrt(b->table[1][1]), sqrt(b->table[2][1]), sqrt(b->table[3][1]));
    printf("  best: the variance of each t that %s likes best, from %zu network calls; their noise "
           "costs %.5f bits/dim\n"
           "  clip: x_0_hat is clipped to [-1,1] before it enters the mean, as many programs do\n"
           "  +- is a standard error over images, for images of this kind in general\n",
           b->train->name, b->plan_training->pairs, fmax(b->best_cost[0], b->best_cost[1]) * unit);
}

static void print_baseline(const char *name, double bits, double error)
{
    printf("  %-52s %8.4f", name, bits);
    if (error >= 0.0) printf(" +- %.4f", error);
    printf("\n");
}

static void print_baselines(const image_bits *b)
{
    printf("beside it, bits/dim of the same test images\n");
    print_baseline("256 values, all alike", 8.0, -1.0);
    print_baseline("one histogram for all pixels", b->histogram.bits, b->histogram.error);
    print_baseline("a histogram for each pixel", b->places.bits, b->places.error);
    print_baseline("deflate (gzip), all images in one file", b->deflate, -1.0);
    if (b->test->genuine)
        printf(
            "  published for MNIST, not computed here: xz -9e 1.38; flows 1.06 (RealNVP) to 0.97 "
            "(Residual Flow)\n");
}

static void print_verdict(const image_bits *b)
{
    if (b->worse_than_uniform)
        printf("\nEvery one of these bounds is worse than 8 bits/dim, which a model gets that has "
               "seen nothing: 256 values,\nall alike.  This network has not learned these images "
               "(trained too little, or on other images, or with\nanother scale than v/127.5 - 1), "
               "or its chain is too short or ends far from N(0, I): see which term is\nlarge.  "
               "docs/ddpm.md, \"How many bits per dimension\", has the size of each.\n");
}

void image_bits_print(const image_bits *b)
{
    printf(
        "\nbits per dimension of %s, %zu images, sha256 %.12s\n"
        "  an upper bound on -log2 p(image) / %zu; %zu network calls: all %zu t, %zu to %zu images "
        "each\n",
        b->test->name, b->test->n, b->test->hash, b->D, b->plan->pairs, b->s->T, b->least_images,
        b->most_images);
    print_table(b);
    print_notes(b);
    print_baselines(b);
    print_verdict(b);
}

/* ---- As JSON --------------------------------------------------------------------------------- */

static void add_number(cJSON *parent, const char *name, evaluate_number x)
{
    cJSON *item = cJSON_AddObjectToObject(parent, name);
    cJSON_AddNumberToObject(item, "value", x.value);
    cJSON_AddNumberToObject(item, "error", x.error);
}

static void add_terms(cJSON *parent, const char *name, const evaluate_bound *b, double unit)
{
    static const char *const names[] = {"L_T", "L_t", "L_0", "bound"};
    const evaluate_number part[4] = {b->prior, b->denoising, b->decoder, b->total};
    cJSON *item = cJSON_AddObjectToObject(parent, name);
    for (size_t i = 0; i < 4; i++)
        add_number(item, names[i], (evaluate_number){part[i].value * unit, part[i].error * unit});
}

static void add_choice(cJSON *parent, const image_bits *b, size_t i)
{
    cJSON *item = cJSON_AddObjectToObject(parent, choice_name[i]);
    const double *sigma2 = b->kernel[i].sigma2;
    if (sigma2) cJSON_AddNumberToObject(item, "sigma_1", sqrt(sigma2[1]));
    add_terms(item, "nats", b->bound[i], 1.0);
    add_terms(item, "bits_per_dim", b->bound[i], 1.0 / ((double)b->D * M_LN2));
    if (sigma2) add_number(item, "bits_per_dim_tanh_decoder", b->tanh[i]);
}

static void add_data(cJSON *parent, const char *name, const images *data)
{
    cJSON *item = cJSON_AddObjectToObject(parent, name);
    cJSON_AddStringToObject(item, "name", data->name);
    cJSON_AddStringToObject(item, "sha256", data->hash);
    cJSON_AddNumberToObject(item, "images", (double)data->n);
    cJSON_AddBoolToObject(item, "genuine_mnist", data->genuine);
}

void image_bits_json(cJSON *root, const image_bits *b)
{
    cJSON *item = cJSON_AddObjectToObject(root, "bits_per_dim");
    add_data(item, "data", b->test);
    add_data(item, "best_variance_from", b->train);
    cJSON_AddNumberToObject(item, "network_calls", (double)b->plan->pairs);
    cJSON_AddNumberToObject(item, "images_per_t_least", (double)b->least_images);
    cJSON_AddNumberToObject(item, "images_per_t_most", (double)b->most_images);
    for (size_t i = 0; i < b->choices; i++) add_choice(item, b, i);
    cJSON_AddNumberToObject(item, "best_variance_noise",
                            fmax(b->best_cost[0], b->best_cost[1]) / ((double)b->D * M_LN2));
    cJSON *base = cJSON_AddObjectToObject(item, "baselines");
    cJSON_AddNumberToObject(base, "uniform", 8.0);
    add_number(base, "histogram", (evaluate_number){b->histogram.bits, b->histogram.error});
    add_number(base, "histogram_per_pixel", (evaluate_number){b->places.bits, b->places.error});
    cJSON_AddNumberToObject(base, "deflate", b->deflate);
    cJSON_AddBoolToObject(item, "worse_than_uniform", b->worse_than_uniform);
}

/* ---- As a curve ------------------------------------------------------------------------------ */

void image_bits_curve(const image_bits *b, FILE *f)
{
    fprintf(f, "# %s, sha256 %s; t = 1 is L_0, t >= 2 is L_{t-1}; bits per dimension\n# t images",
            b->test->name, b->test->hash);
    for (size_t i = 0; i < b->choices; i++)
        fprintf(f, " %s error_%s", choice_name[i], choice_name[i]);
    fprintf(f, " eps_loss error_eps_loss\n");
    for (size_t t = 1; t <= b->s->T; t++) {
        fprintf(f, "%zu\t%zu", t, b->plan->first[t + 1] - b->plan->first[t]);
        for (size_t i = 0; i < b->choices; i++) {
            const evaluate_number bits = evaluate_bits(b->bound[i]->term[t], b->D);
            fprintf(f, "\t%.9g\t%.4g", bits.value, bits.error);
        }
        const evaluate_number loss = bits_eps_loss(b->pass, t);
        fprintf(f, "\t%.9g\t%.4g\n", loss.value, loss.error);
    }
}
