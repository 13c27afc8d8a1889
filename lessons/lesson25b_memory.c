/* Lesson 25, part b.  A network that remembers.
 *
 * The documents say "the network is a U-Net".  The theory says: any function that approximates the
 * conditional mean.  For a training set of K images, each with probability 1/K, the mean is known:
 *     E[x_0 | x_t] = sum_k gamma_k(x_t) x^(k),   gamma = softmax_k( sqrt(abar_t) <x^(k), x_t>/(1 - abar_t)
 *                                                                 - SNR(t) |x^(k)|^2/2 ).
 * It is one layer of attention over the training set, not a U-Net, and nothing beats its loss.  Put into
 * Algorithm 2 it returns the training images and never anything new: what a trained U-Net adds is that
 * it *fails* to reach this optimum in a useful way. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson25.h"
#include "theory/forward.h"
#include "theory/sampler.h"

static const double eps = GSL_DBL_EPSILON;
static mixture *remembered; /* the first image of each digit, as point masses */

static void choose_images(void)
{
    remembered = mixture_alloc(MEMORIES, PIXELS);
    if (!remembered) check_refuse("lesson 25: out of memory");
    for (size_t k = 0; k < MEMORIES; k++) {
        size_t i = 0;
        while (i + 1 < digits->n && digits->label[i] != k) i++;
        image_of(digits, i, remembered->mean + k * PIXELS);
        remembered->var[k] = 0.0;
    }
}

static const double *image(size_t k)
{
    return remembered->mean + k * PIXELS;
}

static double dot(const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t d = 0; d < PIXELS; d++) sum += a[d] * b[d];
    return sum;
}

/* --- 25.1.1  The conditional mean, as attention ---------------------------------------------------- */
static void attention(double *x_0_hat, size_t t, const double *x_t, bool with_norms)
{
    const double v = chain->var_bar[t], root = sqrt(chain->alpha_bar[t]);
    double score[MEMORIES], top = -(double)INFINITY, sum = 0.0;
    for (size_t k = 0; k < MEMORIES; k++) {
        score[k] = root * dot(image(k), x_t) / v;
        if (with_norms) score[k] -= 0.5 * root * root / v * dot(image(k), image(k));
        top = fmax(top, score[k]);
    }
    for (size_t k = 0; k < MEMORIES; k++) sum += score[k] = exp(score[k] - top);
    for (size_t d = 0; d < PIXELS; d++) {
        x_0_hat[d] = 0.0;
        for (size_t k = 0; k < MEMORIES; k++) x_0_hat[d] += score[k] / sum * image(k)[d];
    }
}

static void diffuse(double *x_t, size_t t, size_t k, gsl_rng *rng)
{
    for (size_t d = 0; d < PIXELS; d++)
        x_t[d] = forward_jump(chain, t, image(k)[d], gsl_ran_gaussian_ziggurat(rng, 1.0));
}

static void conditional_mean(lesson *L)
{
    double x_t[PIXELS], value[PIXELS], reference[PIXELS], wrong[PIXELS];
    gap good = {0}, bad = {0};
    for (size_t t = 50; t <= chain->T; t += 50) {
        diffuse(x_t, t, t / 50 % MEMORIES, lesson_rng(L));
        mixture_mean_x0(value, remembered, chain, t, x_t);
        attention(reference, t, x_t, true);
        attention(wrong, t, x_t, false);
        /* The exponents are sums of D products, of size SNR D; gamma inherits their absolute error. */
        const double snr = exp(chain->log_snr[t]);
        const double tolerance = 4.0 * eps * PIXELS * (1.0 + snr + sqrt(snr) * 4.0);
        for (size_t d = 0; d < PIXELS; d++) {
            gap_add(&good, t, value[d], reference[d], tolerance);
            gap_add(&bad, t, wrong[d], reference[d], tolerance);
        }
    }
    road_gap(L, "mixture_mean_x0", "E[x_0|x_t] = attention over ten images", &good);
    control_gap(L, "attention without the images' lengths", &bad);
}

/* --- 25.1.2  Its loss is what is left: E|x_0 - E[x_0|x_t]|^2 = E tr Cov(x_0|x_t) ------------------- */
static double squared_error(const double *x_0_hat, size_t k)
{
    double sum = 0.0;
    for (size_t d = 0; d < PIXELS; d++) sum += gsl_pow_2(x_0_hat[d] - image(k)[d]);
    return sum / PIXELS;
}

/* |x^(k) - sum_j gamma_j x^(j)|^2/D from the distances between the images:
 *     sum_j gamma_j |x^(k) - x^(j)|^2 - (1/2) sum_ij gamma_i gamma_j |x^(i) - x^(j)|^2 . */
static double error_of_mean(double distance[MEMORIES][MEMORIES], const double *gamma, size_t k)
{
    double sum = 0.0;
    for (size_t i = 0; i < MEMORIES; i++) {
        sum += gamma[i] * distance[k][i];
        for (size_t j = 0; j < MEMORIES; j++) sum -= 0.5 * gamma[i] * gamma[j] * distance[i][j];
    }
    return sum;
}

static size_t most_likely(const double *gamma)
{
    size_t top = 0;
    for (size_t j = 1; j < MEMORIES; j++)
        if (gamma[j] > gamma[top]) top = j;
    return top;
}

/* Mean of |x_0 - x_0_hat|^2/D minus the posterior variance: 0 for the conditional mean only. */
static void what_is_left(lesson *L)
{
    enum { HARD = 700 }; /* here the ten images are hard to tell apart */
    double x_t[PIXELS], distance[MEMORIES][MEMORIES];
    moments best = {0}, loss = {0}, sharp = {0};
    gsl_rng *rng = lesson_rng(L);
    for (size_t i = 0; i < MEMORIES; i++)
        for (size_t k = 0; k < MEMORIES; k++) distance[i][k] = squared_error(image(i), k);
    for (size_t i = lesson_samples(L, 10000); i > 0; i--) {
        const size_t k = gsl_rng_uniform_int(rng, MEMORIES);
        diffuse(x_t, HARD, k, rng);
        const double left = mixture_var_x0(remembered, chain, HARD, x_t);
        const double *gamma = remembered->gamma; /* mixture_var_x0 leaves it */
        moments_add(&loss, left);
        moments_add(&best, error_of_mean(distance, gamma, k) - left);
        moments_add(&sharp, distance[most_likely(gamma)][k] - left);
    }
    road_mean(L, NULL, "t = 700: loss of E[x_0|x_t] = its posterior variance", &best, 0.0);
    control_mean(L, "the most likely image instead of the mean", &sharp, 0.0, 45.0);
    say(L, "The best loss there is at t = %d: %.4f per pixel.", HARD, loss.mean);
}

/* --- 25.1.3  The best linear network ---------------------------------------------------------------
 * With covariance C of the images, eigenvalues lambda_i, the best linear x_0_hat at t has the loss
 *     (1/D) sum_i lambda_i / (1 + SNR(t) lambda_i) :
 * it knows mean and covariance, and nothing beyond (lesson 14).  C = A^T A/K has the eigenvalues of the
 * 10 x 10 matrix A A^T/K. */
static void covariance_eigenvalues(double *lambda)
{
    double mean[PIXELS] = {0}, centred[MEMORIES][PIXELS];
    gsl_matrix *gram = gsl_matrix_alloc(MEMORIES, MEMORIES);
    gsl_eigen_symm_workspace *w = gsl_eigen_symm_alloc(MEMORIES);
    if (!gram || !w) check_refuse("lesson 25: out of memory");
    for (size_t k = 0; k < MEMORIES; k++)
        for (size_t d = 0; d < PIXELS; d++) mean[d] += image(k)[d] / MEMORIES;
    for (size_t k = 0; k < MEMORIES; k++)
        for (size_t d = 0; d < PIXELS; d++) centred[k][d] = image(k)[d] - mean[d];
    for (size_t j = 0; j < MEMORIES; j++)
        for (size_t k = 0; k < MEMORIES; k++)
            gsl_matrix_set(gram, j, k, dot(centred[j], centred[k]) / MEMORIES);
    gsl_vector_view v = gsl_vector_view_array(lambda, MEMORIES);
    gsl_eigen_symm(gram, &v.vector, w);
    gsl_eigen_symm_free(w);
    gsl_matrix_free(gram);
}

/* Both losses at t: the optimum by simulation, the linear one exactly. */
static double optimum_at(lesson *L, size_t t, size_t n)
{
    double x_t[PIXELS], sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        diffuse(x_t, t, i % MEMORIES, lesson_rng(L));
        sum += mixture_var_x0(remembered, chain, t, x_t);
    }
    return sum / (double)n;
}

static double linear_at(const double *lambda, size_t t)
{
    double sum = 0.0;
    for (size_t i = 0; i < MEMORIES; i++)
        sum += lambda[i] / (1.0 + exp(chain->log_snr[t]) * lambda[i]);
    return sum / PIXELS;
}

static void linear_network(lesson *L)
{
    double lambda[MEMORIES];
    covariance_eigenvalues(lambda);
    data_file *f = data_open(L, "memory", "t optimum linear");
    for (size_t t = 40; f && t <= chain->T; t += 40)
        data_line(f, "%zu %.6g %.6g", t, optimum_at(L, t, 50), linear_at(lambda, t));
    data_close(f);
    /* At t = 500 the ten images are nearly always told apart, but not by a linear map. */
    const double best = optimum_at(L, 500, 100);
    road_below(L, "mixture_var_x0", "t = 500: the optimum lies below half of", best,
               0.5 * linear_at(lambda, 500), 0.0);
    control_below(L, "a linear network reaches the optimum", linear_at(lambda, 500), best, 0.0);
    say(L, "t = 500: optimum %.2g, best linear network %.2g, both per pixel.", best,
        linear_at(lambda, 500));
}

/* --- 25.1.4  Algorithm 2 with a perfect memory ----------------------------------------------------- */
static void remembered_denoiser(double *eps_hat, const double *x_t, size_t t, size_t D,
                                void *params)
{
    (void)D, (void)params;
    mixture_mean_eps(eps_hat, remembered, chain, t, x_t);
}

static void forgetful_denoiser(double *eps_hat, const double *x_t, size_t t, size_t D, void *params)
{
    (void)D, (void)params; /* it has the mean image only */
    for (size_t d = 0; d < PIXELS; d++) {
        double mean = 0.0;
        for (size_t k = 0; k < MEMORIES; k++) mean += image(k)[d] / MEMORIES;
        eps_hat[d] = (x_t[d] - sqrt(chain->alpha_bar[t]) * mean) / sqrt(chain->var_bar[t]);
    }
}

static double to_nearest(const double *x)
{
    double best = (double)INFINITY;
    for (size_t k = 0; k < MEMORIES; k++) best = fmin(best, squared_error(x, k));
    return sqrt(best);
}

/* How many of n samples are further than a grey level, 2/255 rms, from every remembered image? */
static size_t strangers(lesson *L, const denoiser *net, size_t n)
{
    double x[PIXELS], eps_hat[PIXELS];
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        sampler_ancestral(x, eps_hat, PIXELS, chain, net, SIGMA_BETA_TILDE, lesson_rng(L));
        count += !(to_nearest(x) < 2.0 / 255.0);
    }
    return count;
}

static void perfect_samples(lesson *L)
{
    enum { SAMPLES = 3 };
    const denoiser perfect = {remembered_denoiser, NULL}, poor = {forgetful_denoiser, NULL};
    road_all(L, "mixture_mean_eps", "Algorithm 2 with it returns a remembered image",
             strangers(L, &perfect, SAMPLES), SAMPLES);
    control_all(L, "the same with the mean image as memory", strangers(L, &poor, 1), 1);
    say(L, "The global optimum of L_simple copies.  Generalising is what the U-Net adds.");
}

void memory(lesson *L)
{
    section(L, "25.1  A perfect network that is no U-Net");
    choose_images();
    claim(L, "CAP-04");
    if (!lesson_random_only(L)) conditional_mean(L);
    what_is_left(L);
    if (!lesson_random_only(L)) {
        linear_network(L);
        perfect_samples(L);
    }
    evidence(
        L, "ten images: E[x_0|x_t] is attention over them, beats every linear network at t = 500, "
           "and Algorithm 2 returns the images; no U-Net is needed for the optimum");
    mixture_free(remembered);
}
