/* bits.h -- the variational bound of an image model in bits per dimension, every t of the chain.
 *
 * For 8-bit images on [-1,1] (x = v/127.5 - 1), of D coordinates,
 *     -log p_theta(x_0) <= L_T + sum_{t=2}^T L_{t-1} + L_0   nats      (theory/elbo.h; Ho et al.
 *                                                                       2020, eqs. 5 and 13)
 * is a bound on the log-probability of the discrete image; divided by D ln 2 it is bits/dim.
 * With a variance sigma_t^2 that no network predicts, the terms are
 *     L_{t-1} = D/2 (r - 1 - ln r) + E|mu_tilde_t - mu_theta|^2 / (2 sigma_t^2),
 *     r = beta_tilde_t / sigma_t^2:
 * the network enters by one squared distance per image and t.  So one pass of network calls gives
 * the bound of every choice of sigma^2, and the best choice too.
 *
 * No t is left out.  What is spread thin is the images: each t is asked about images of its own,
 * more of them where the term varies more.  The mean of every term is unbiased, and so is their
 * sum. */
#ifndef TRAIN_BITS_H
#define TRAIN_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "train/denoise.h"
#include "train/evaluate.h"

/* ---- Who is asked at which t -----------------------------------------------------------------
 * Pair p is (t, image[p]) for first[t] <= p < first[t+1]; at one t no image comes twice.  The plan
 * depends on its arguments alone, not on the network: models measured with one seed see the same
 * images with the same noise, and their difference is sharper than either number. */
typedef struct bits_plan {
    size_t T, images, pairs;
    size_t *first;   /* [T+2]; first[1] = 0, first[T+1] = pairs */
    uint32_t *image; /* [pairs] */
    uint64_t seed;   /* of the choice and of the noise */
    bool training;   /* noise from addresses of its own */
} bits_plan;

/* Args     images    2 .. 2^23, of the data set;
 *          budget    network calls, at least 4 T; the plan has at most as many pairs, fewer when
 *                    the images run out;
 *          training  the images are training images: other noise than for a test set's.
 * Returns  NULL with GSL_EINVAL or GSL_ENOMEM. */
bits_plan *bits_plan_alloc(const schedule *s, size_t n, size_t budget, uint64_t seed,
                           bool training);
void bits_plan_free(bits_plan *plan); /* NULL is legal */

/* ---- The network's part ----------------------------------------------------------------------*/

typedef struct bits_pass {
    const bits_plan *plan;      /* not owned */
    const schedule *s;          /* not owned */
    const unsigned char *pixel; /* [images,D], not owned */
    size_t D;
    double *square;  /* [pairs]: |mu_tilde_t - mu_theta|^2, summed over D; mu_tilde_1 = x_0 */
    double *clipped; /* [pairs]: the same with x_0_hat in mu_theta clipped to [-1,1] */
    float *x_0_hat;  /* [n_1,D]: mu_theta(x_1, 1), the decoder's mean, of pairs 0 .. n_1 - 1 */
    double *learned; /* [pairs]: the KL (at t = 1 the decoder) in nats with the variance that the
                      * network itself predicts; NULL unless w->sigma is TASK_LEARNED */
} bits_pass;

/* One call of the network per pair, in batches that mix the t.
 * Args     pixel  [plan->images,D], values 0..255;  D is the network's;
 *          watch  called now and then with the number of pairs done; nonzero stops.  NULL: nobody.
 * Returns  NULL with GSL_EINVAL (no DDPM, another T), GSL_ENOMEM, GSL_ERANGE (the network's output
 *          is not finite), GSL_EFAILED (stopped); *status receives the same code. */
bits_pass *bits_pass_alloc(denoise *w, const bits_plan *plan, const unsigned char *pixel,
                           int (*watch)(size_t pairs, void *params), void *params, int *status);
void bits_pass_free(bits_pass *pass); /* NULL is legal */

/* Mean squared error of eps_hat per coordinate at t: square / (D c_t^2) with mu_tilde - mu_theta =
 * c_t (eps_hat - eps), c_t = beta_t / sqrt(alpha_t (1 - alpha_bar_t)); the L_simple of that t. */
evaluate_number bits_eps_loss(const bits_pass *pass, size_t t);

/* ---- Choices of sigma^2, tables [T+1] --------------------------------------------------------*/

/* beta_t; or beta_tilde_t with beta_tilde_2 in the place of beta_tilde_1 = 0, as Ho et al.'s
 * program has it (T = 1: beta_1). */
void bits_sigma2(double *sigma2, const schedule *s, weight_variance choice);

/* The best scalar for every t, from a pass over training images:
 *     t >= 2:  beta_tilde_t + E|mu_tilde_t - mu_theta|^2 / D     (lesson 10; Bao et al. 2022, with
 *              the network's mean in the place of the best one): there d L_{t-1} / d sigma_t^2 = 0;
 *     t = 1:   the sigma_1^2 that minimises the decoder's term, by Brent's method on ln sigma_1.
 * Args     sigma2  [T+1] receives the table;
 *          clip    for the model that clips x_0_hat (bits_kernel);
 *          cost    receives what the estimate's own noise adds to the bound on average, in nats:
 *                  D/4 sum_t (relative standard error of sigma_t^2)^2, and its like for t = 1.
 * Returns  GSL_SUCCESS, GSL_ENOMEM, or the error of the minimisation. */
int bits_best_sigma2(double *sigma2, double *cost, const bits_pass *training, bool clip,
                     parallel *pool);

/* ---- Bounds ----------------------------------------------------------------------------------*/

/* log P(level | N(mean, sigma^2)) of a decoder; elbo_decoder_bin is the right one. */
typedef double (*bits_decoder)(unsigned level, double mean, double sigma);

/* The one of many programs, for comparison: Phi(z) = (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))/2,
 * end bins open, every probability raised to 1e-12 at least.  (Page 1977 for the formula; its use
 * for this decoder: Nichol & Dhariwal 2021, their published program.) */
double bits_decoder_tanh(unsigned level, double mean, double sigma);

/* Which reverse model: its variances, its mean, its decoder. */
typedef struct bits_kernel {
    const double *sigma2; /* [T+1], positive from 1; NULL: the pass's learned variance */
    bool clip;            /* x_0_hat is clipped to [-1,1] before it enters the mean, as Ho et al.'s
                           * program does: another model, often a better one.  Not for learned */
    bits_decoder decoder; /* NULL: exact bins.  Not for learned */
} bits_kernel;

/* The same terms as evaluate_bound.  Errors are standard errors over images: each image's
 * contributions to all terms are added up before they are squared, because an image that is hard at
 * one t is hard at the next.
 * Returns  to be freed with evaluate_bound_free; NULL with GSL_EINVAL or GSL_ENOMEM.  n is the
 *          number of images in the data set. */
evaluate_bound *bits_bound_alloc(const bits_pass *pass, const bits_kernel *kernel, parallel *pool);

/* The mean of the decoder at coordinate d of pair p < n_1. */
double bits_decoder_mean(const bits_pass *pass, size_t p, size_t d, bool clip);

#endif
