/* lesson19.h -- what the parts of lesson 19 share: the exact reverse kernels, in the lesson's own words. */
#ifndef LESSONS_LESSON19_H
#define LESSONS_LESSON19_H

#include <stddef.h>

#include "check/check.h"
#include "theory/law.h"
#include "theory/linear.h"
#include "theory/mixture.h"
#include "theory/reverse.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, BAD50, COS50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* Two narrow bumps at -1 and 1 of this variance: the data of lessons 3, 11 and 19. */
static const double bump = 0.04;
extern mixture *bumps;

/* x_{t-1} | x_t for data N(m, v) is N(slope x_t + offset, var). */
typedef struct kernel {
    double slope, offset, var;
} kernel;

/* By linear regression: the pair (x_{t-1}, x_t) has variances V_{t-1} and V_t = alpha_t V_{t-1} +
 * beta_t and covariance sqrt(alpha_t) V_{t-1}, with V_0 = v. */
kernel regression(const schedule *s, size_t t, double m, double v);

/* E[x_{t-1} | x_t] of the two bumps: each bump has its regression line, and the difference of their
 * shares is tanh(sqrt(abar_t) x_t / V_t). */
double pull(const schedule *s, size_t t, double x_t);

/* P(x_0 <= x) of the two bumps; params unused. */
double bumps_below(double x, void *params);

/* The choices of sigma_t^2: beta_t, beta_tilde_t, and the optimal one of lesson 10. */
enum { BETA, TILDE, BEST, N_CHOICES };

/* Part b: normal data.  The law of x_0 that src/theory finds for the best network of N(m, v);
 * beta_tilde adds no noise at t = 1 in either case. */
typedef struct normal {
    double mean, var;
} normal;
normal sampled(const schedule *s, double m, double v, int choice, bool last_noise);
void variance_of_normal_data(lesson *L);
void other_normal_data(lesson *L);
void figure_variance(lesson *L);

/* Part c: a single point, and the last step. */
void point_mass(lesson *L);
void last_step(lesson *L);

/* Part d: two bumps.  The chain of the perfect network from src/theory, carried down to x_1; the last
 * step adds no noise, so that x_0 = mu(x_1, 1), an increasing function. */
typedef struct chain {
    reverse_oracle oracle;
    reverse_model model;
    double *sigma2; /* [T+1] for BEST, or NULL */
    law *l;
} chain;

/* S10, S50, L1000 (not under --random-only) with beta and beta_tilde. */
extern chain chains[3][2];
bool chains_open(bool random_only);
void chain_close(chain *c);

/* W1 of x_0 from the data for these chains, set by samples_of_data; and for any other schedule, to
 * the 4 digits that a comparison or a curve needs. */
extern double W1[3][2];
double distance_of(const schedule *s, int choice);

/* Mean W1 of two samples of n data. */
double noise_level(double n);

/* P(low < x_0 <= high) of the law of chains[k][choice], and how many of n samples are there. */
double share(size_t k, int choice, double low, double high);
size_t drawn(lesson *L, const schedule *s, weight_variance choice, size_t n, double low,
             double high);

/* The law of x_0 on S10 at four points: forwards against backwards, and against the data's. */
void add_points(gap *g, gap *data, int choice);

void samples_of_data(lesson *L);

/* Part e: sections 19.4 and 19.5, and the figures of the bumps. */
void two_bumps(lesson *L);

/* Part f: what a distance of samples measures; belongs to claim SMP-06. */
void meters(lesson *L);

#endif
