/* Lesson 25.  A DDPM of handwritten digits
 * -----------------------------------------
 * CLAIM   The same three boxes, in 784 dimensions: a U-Net trained with L_simple makes digits, and its
 *         bound is a number of bits per dimension.
 * WHY     Twenty-four lessons checked the theory where the truth is known.  Here it is not: nobody
 *         knows the law of handwriting.  What can still be checked is checked; the rest is measured.
 * NEEDS   lessons 6, 8, 10, 15, 23, 24.   Notes: docs/lesson25.md
 * RUN     make lesson25 (the trained network that comes with the source), make lesson25 TRAIN=1
 * FIGURES build/figures/lesson25*.png
 *
 * Part b is a network that needs no training: it remembers ten images.  Part c is the trained one. */
#include "lesson25.h"

#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "data/mnist.h"
#include "theory/elbo.h"
#include "theory/gaussian.h"

static const double eps = GSL_DBL_EPSILON;

schedule *chain;
images *digits;

void image_of(const images *s, size_t i, double *x_0)
{
    for (size_t d = 0; d < PIXELS; d++) x_0[d] = mnist_scale_pixel(s->pixel[i * PIXELS + d]);
}

/* --- 25.2.1  The size of a picture ------------------------------------------------------------------
 * |x_0|^2/D is what the documents' tables call 1.  How often each of the 256 values occurs is enough to
 * know it.  The same from the sums of v and v^2, in whole numbers:  x = v/127.5 - 1, so
 *     127.5^2 sum x^2 = sum v^2 - 255 sum v + 127.5^2 n. */
typedef struct sizes {
    double square, zero_to_one; /* mean of x^2 on [-1,1], and of (v/255)^2 */
    double counted;             /* the first again, from the sums of v and v^2 */
    double prior;               /* mean of L_T over the images, nats */
} sizes;

static sizes sizes_of(const images *s)
{
    const double n = (double)s->n * PIXELS;
    size_t count[256] = {0}, sum = 0, sum_squares = 0;
    sizes a = {0};
    for (size_t i = 0; i < s->n * PIXELS; i++) {
        const size_t v = s->pixel[i];
        count[v]++;
        sum += v;
        sum_squares += v * v;
    }
    for (size_t v = 0; v < 256; v++) {
        const double x = mnist_scale_pixel((unsigned char)v), share = (double)count[v] / n;
        a.square += share * x * x;
        a.zero_to_one += share * gsl_pow_2((double)v / 255.0);
        a.prior += PIXELS * share * elbo_prior(chain, x);
    }
    a.counted = ((double)sum_squares - 255.0 * (double)sum) / n / gsl_pow_2(127.5) + 1.0;
    return a;
}

static void check_sizes(lesson *L, const images *s, sizes *a)
{
    char what[120];
    *a = sizes_of(s);
    const double rms = sqrt(a->square);
    /* 256 additions of terms that sum to 1, three roundings in each. */
    const double tolerance = 4.0 * 256.0 * eps;
    snprintf(what, sizeof what, "rms of a pixel, %s", s->name);
    road(L, NULL, what, rms, sqrt(a->counted), tolerance);
    control(L, "the same with pixels in [0,1]", sqrt(a->zero_to_one), sqrt(a->counted), tolerance);
    say(L, "|x_0| = %.3f sqrt(D) on [-1,1], and %.3f sqrt(D) on [0,1] (lesson 16).", rms,
        sqrt(a->zero_to_one));
}

/* --- 25.2.2  L_T ------------------------------------------------------------------------------------
 * KL(N(sqrt(abar) x_0, (1 - abar) I) || N(0, I)) per coordinate, expanded for small abar:
 *     abar x_0^2 / 2 + abar^2/4 + abar^3/6 + ...
 * The mean over images needs only the mean of x_0^2. */
static double prior_by_series(double square)
{
    const double abar = exp(chain->log_alpha_bar[chain->T]);
    double sum = 0.0;
    for (int k = 8; k >= 2; k--) sum += 0.5 * pow(abar, k) / k;
    return PIXELS * (0.5 * abar * square + sum);
}

static void prior_term(lesson *L, const images *s, const sizes *a)
{
    const double reference = prior_by_series(a->counted);
    char what[120];
    snprintf(what, sizeof what, "L_T in nats, %s", s->name);
    /* 256 additions; elbo_prior subtracts terms of size abar, of each of the D pixels. */
    const double abar = chain->alpha_bar[chain->T];
    const double tolerance = 4.0 * eps * (256.0 * reference + PIXELS * abar);
    road(L, "elbo_prior", what, a->prior, reference, tolerance);
    control(L, "x_0 in [0,1] instead", prior_by_series(a->zero_to_one), reference, tolerance);
    control(L, "sqrt(abar) for abar", PIXELS * 0.5 * sqrt(abar) * a->counted, reference, tolerance);
}

/* --- 25.2.3  The price of sigma^2 = beta ------------------------------------------------------------
 * Whatever the network, KL(N(mu, beta_tilde) || N(mu, beta)) is paid at every t (lesson 10).  Its sum
 * needs the products alone: with r_t = (1 - abar_{t-1})/(1 - abar_t) the logarithms telescope,
 *     sum_{t=2}^T (r_t - 1 - ln r_t)/2 = [sum (r_t - 1) + ln(1 - abar_T) - ln(1 - abar_1)]/2 . */
static void price_of_beta(lesson *L)
{
    double value = 0.0, wrong = 0.0, sum = 0.0, abar = 1.0 - chain->beta[1];
    const double first = chain->beta[1];
    for (size_t t = 2; t <= chain->T; t++) {
        const double before = 1.0 - abar;
        value += gaussian_kl_variances(chain->beta_tilde[t], chain->beta[t]);
        wrong += gaussian_kl_variances(chain->beta[t], chain->beta_tilde[t]);
        abar *= 1.0 - chain->beta[t];
        sum += before / (1.0 - abar) - 1.0;
    }
    const double reference = 0.5 * (sum + log(1.0 - abar) - log(first));
    /* 1 - abar cancels: near t = 1 its relative error is T eps / beta_1. */
    const double tolerance = 4.0 * (double)chain->T * eps / first;
    road(L, "gaussian_kl_variances", "sigma^2 = beta: nats per pixel, sum over t", value, reference,
         tolerance);
    control(L, "the two variances exchanged", wrong, reference, tolerance);
    road(L, NULL, "the ledger's number, 3 digits", value, 0.337, 0.5e-3);
    say(L, "sigma_t^2 = beta_t costs %.0f nats = %.3f bits/dim, whatever the network.",
        PIXELS * value, value / M_LN2);
}

/* --- 25.2.4  The genuine images ------------------------------------------------------------------- */
static void genuine_images(lesson *L)
{
    char error[256];
    images *s = images_read("mnist", IMAGES_TRAIN, lesson_mnist(L), error, sizeof error);
    if (!s || !s->genuine) {
        not_run(L, "sizes and L_T of the MNIST training images",
                s ? "not the genuine files" : error);
        images_free(s);
        return;
    }
    sizes a;
    check_sizes(L, s, &a);
    prior_term(L, s, &a);
    road(L, NULL, "the ledger's rms, 3 digits", sqrt(a.square), 0.962, 0.5e-3);
    road(L, NULL, "the ledger's L_T, 4 digits", a.prior, 0.01464, 0.5e-5);
    images_free(s);
}

static void what_is_known(lesson *L)
{
    sizes a;
    section(L, "25.2  A trained network, and what is known before training");
    claim(L, "CAP-03");
    if (!lesson_random_only(L)) {
        check_sizes(L, digits, &a);
        prior_term(L, digits, &a);
        price_of_beta(L);
        genuine_images(L);
    }
}

int main(int argc, char **argv)
{
    char error[256];
    lesson *L = lesson_open(argc, argv, 25, "A DDPM of handwritten digits");
    chain = schedule_named_alloc("L1000");
    digits = images_read("digits", IMAGES_TEST, NULL, error, sizeof error);
    if (!chain || !digits) check_refuse("lesson 25: %s", digits ? "out of memory" : error);
    memory(L);
    what_is_known(L);
    if (!lesson_random_only(L)) trained_network(L);
    images_free(digits);
    schedule_free(chain);
    return lesson_close(L);
}
