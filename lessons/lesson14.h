/* lesson14.h -- what the parts of lesson 14 share: Gaussian data, its best predictor of the
 * noise, and expectations over x_0 and eps that are exact. */
#ifndef LESSONS_LESSON14_H
#define LESSONS_LESSON14_H

#include "check/check.h"
#include "theory/misprint.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* Data N(m, v): the registry's unit normal, and generic values that hide no factor. */
typedef struct normal_data {
    double m, v;
} normal_data;
static const normal_data unit = {0.0, 1.0}, generic = {0.41, 0.63};

/* Regression of eps on x_t: E eps = 0, Cov(eps, x_t) = sqrt(1-abar_t), and
 *      V = Var x_t = abar_t v + 1 - abar_t.
 * The best predictor is eps_hat = c (x_t - sqrt(abar_t) m) with slope c = sqrt(1-abar_t)/V, ... */
double slope(const schedule *s, size_t t, normal_data p);

/* ... and it leaves 1 - Cov^2/V = abar_t v/V of the unit variance: abar_t for N(0,1). */
double least(const schedule *s, size_t t, normal_data p);

/* The mean of that over t = first .. T: what L_simple can reach. */
double mean_least(size_t which, normal_data p, size_t first);

/* Everything an integrand below may want to know. */
typedef struct setting {
    const schedule *s;
    size_t t, fed; /* the step, and the step whose x is fed to the predictor */
    normal_data p;
    double c, sigma2;
    misprint_formula jump;
} setting;

/* E f(x_0, eps) by the 3-point rule in both, exact for polynomials of degree 5. */
double expect(double (*f)(double x_0, double eps, const setting *w), const setting *w);

/* x_t = sqrt(abar_t) x_0 + sqrt(1-abar_t) eps, in the lesson's own words; x = {x_0, eps}. */
double own_jump(const schedule *s, size_t t, const double *x);

/* |eps - eps_hat|^2 with x_t from the jump of the setting: steps 4 to 6 of the algorithm. */
double squared_error(double x_0, double eps, const setting *w);

/* |mu_tilde - mu_theta|^2 / (2 sigma2) for the best predictor, with x_fed in place of x_t. */
double divergence(double x_0, double eps, const setting *w);

/* sum over t = first .. T of w_t (sigma_t^2 = beta_t) times the least loss. */
double bound(const schedule *s, normal_data p, size_t first);

/* Reproducible normal points: multiples of the golden section through the inverse normal cdf. */
double point(size_t i);

/* Mean and variance over t of sqrt(1-abar_t)^power. */
void spread(const schedule *s, double power, double *mean, double *variance);

/* Part b. */
void one_random_t(lesson *L);
void one_x_for_all(lesson *L);
void blind(lesson *L);
void embeddings(lesson *L);

/* Part c. */
void training(lesson *L);
void weights_dropped(lesson *L);

/* Part d. */
void mean_or_norm(lesson *L);

#endif
