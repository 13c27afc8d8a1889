/* image_mistakes.c -- what programs with a common mistake would print instead of the bound. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>

#include "check/check.h"
#include "ddpm/image_bits.h"
#include "theory/gaussian.h"

/* ---- Wrong decoders -------------------------------------------------------------------------- */

static double density(unsigned level, double mean, double sigma)
{
    return gaussian_log_pdf(level / 127.5 - 1.0, mean, sigma * sigma);
}

/* Right units at least: a bin is 1/127.5 wide. */
static double density_times_bin(unsigned level, double mean, double sigma)
{
    return density(level, mean, sigma) - log(127.5);
}

/* Phi at x + half and x - half, no open ends; from the tail where both are small. */
static double interval(unsigned level, double mean, double sigma, double half)
{
    const double z = fabs(level / 127.5 - 1.0 - mean) / sigma, h = half / sigma;
    const double inner = gsl_sf_log_erfc((z - h) * M_SQRT1_2);
    const double outer = gsl_sf_log_erfc((z + h) * M_SQRT1_2);
    return inner - M_LN2 + log(-expm1(outer - inner));
}

static double closed_ends(unsigned level, double mean, double sigma)
{
    return interval(level, mean, sigma, 1.0 / 255.0);
}

/* Bins of images on [0,1], where the images are on [-1,1]. */
static double half_bins(unsigned level, double mean, double sigma)
{
    return interval(level, mean, sigma, 0.5 / 255.0);
}

/* ---- The list -------------------------------------------------------------------------------- */

typedef struct slip {
    const image_bits *b;
    const double *sigma2; /* of the right bound */
    const evaluate_bound *right;
    parallel *pool;
    double *other; /* [T+1] room */
} slip;

static double total_of(const slip *m, const double *sigma2, bits_decoder decoder)
{
    const bits_kernel kernel = {.sigma2 = sigma2, .decoder = decoder};
    evaluate_bound *b = bits_bound_alloc(m->b->pass, &kernel, m->pool);
    if (!b) check_refuse("ddpm eval: out of memory");
    const double bits = evaluate_bits(b->total, b->D).value;
    evaluate_bound_free(b);
    return bits;
}

static void print(const char *what, double bits)
{
    printf("  %-72s %12.4f\n", what, bits);
}

static void print_decoders(const slip *m)
{
    print("no bins: a density of x_0, which may even be negative", total_of(m, m->sigma2, density));
    print("the same shifted by log2(127.5): right units, still no probability",
          total_of(m, m->sigma2, density_times_bin));
    print("end bins closed: v = 0 and v = 255 lose their tails",
          total_of(m, m->sigma2, closed_ends));
    print("bins of half the width (those of images on [0,1])", total_of(m, m->sigma2, half_bins));
}

static void print_variances(const slip *m)
{
    const size_t T = m->right->T;
    for (size_t t = 1; t <= T; t++) m->other[t] = m->sigma2[t];
    m->other[1] = 1e-20;
    print("sigma_1^2 = beta_tilde_1 = 0, kept from 0 by 1e-20, exact decoder",
          total_of(m, m->other, NULL));
    print("the same with probabilities kept above 1e-12", total_of(m, m->other, bits_decoder_tanh));
    for (size_t t = 1; t <= T; t++) m->other[t] = sqrt(m->sigma2[t]);
    print("sigma where sigma^2 belongs", total_of(m, m->other, NULL));
}

/* t = 2 stands for 2..5, and so on: the terms fall steeply. */
static double every_fourth(const evaluate_bound *b)
{
    double sum = b->prior.value + b->decoder.value;
    for (size_t t = 2; t <= b->T; t += 4) sum += 4.0 * b->term[t].value;
    return sum;
}

static void print_sums(const slip *m)
{
    const evaluate_bound *b = m->right;
    const double unit = 1.0 / ((double)b->D * M_LN2), T = (double)b->T;
    print("nats called bits", b->total.value / (double)b->D);
    print("L_0 left out", (b->total.value - b->decoder.value) * unit);
    print("the mean of the terms instead of their sum", b->total.value * unit / T);
    print("every fourth t, times four", every_fourth(b) * unit);
    print("not divided by the number of pixels", b->total.value / M_LN2);
}

void image_bits_print_mistakes(const image_bits *b, parallel *pool)
{
    const size_t choice = IMAGE_BITS_BETA_TILDE;
    slip m = {.b = b, .sigma2 = b->kernel[choice].sigma2, .right = b->bound[choice], .pool = pool};
    m.other = calloc(b->s->T + 1, sizeof *m.other);
    if (!m.other) check_refuse("ddpm eval: out of memory");
    printf("\nwhat a program with one mistake would print for this network (sigma_t^2 = "
           "beta_tilde)\n");
    print("no mistake, in bits/dim", evaluate_bits(m.right->total, b->D).value);
    print("the decoder's Phi by tanh: no mistake, an approximation", b->tanh[choice].value);
    print_decoders(&m);
    print_variances(&m);
    print_sums(&m);
    free(m.other);
}
