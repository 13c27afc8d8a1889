/* perturb.h -- data plus noise, x_sigma = x + sigma eps: the noise of score matching and NCSN.
 *
 * Unlike the DDPM of mixture.h nothing is shrunk ("variance exploding"): component k of a mixture
 * N(mean_k, var_k I) becomes N(mean_k, (var_k + sigma^2) I).  The two are one process in two units:
 * x_t = sqrt(alpha_bar_t) x_sigma with sigma^2 = (1 - alpha_bar_t)/alpha_bar_t.
 * sigma is a standard deviation; x and results are [D]; arguments are not checked. */
#ifndef THEORY_PERTURB_H
#define THEORY_PERTURB_H

#include <stddef.h>

#include "theory/mixture.h"

/* grad log q(x_sigma | x), the target of denoising score matching, for one coordinate; sigma > 0.
 * Eq.   -(x_sigma - x)/sigma^2 = -eps/sigma                                    (Vincent 2011) */
double perturb_target(double x_sigma, double x, double sigma);

/* log q(x_sigma), nats.   Eq.  log sum_k weight_k N(x_sigma; mean_k, (var_k + sigma^2) I)
 * sigma = 0 gives the data's density; every var_k + sigma^2 must be > 0 (also below). */
double perturb_log_pdf(mixture *m, double sigma, const double *x_sigma);

/* score = grad log q(x_sigma) = -sum_k gamma_k (x_sigma - mean_k)/(var_k + sigma^2). */
void perturb_score(double *score, mixture *m, double sigma, const double *x_sigma);

/* x_hat = E[x | x_sigma] = sum_k gamma_k (sigma^2 mean_k + var_k x_sigma)/(var_k + sigma^2). */
void perturb_mean(double *x_hat, mixture *m, double sigma, const double *x_sigma);

/* The loss of NCSN for one sample, a sum over the D coordinates.
 * Eq.   sigma^2 |score + eps/sigma|^2                                   (Song & Ermon 2019, eq. 6)
 * Returns  >= 0; equal to |eps - eps_hat|^2 for eps_hat = -sigma score. */
double perturb_loss(const double *score, const double *eps, double sigma, size_t D);

#endif
