/* lesson15.h -- what the parts of lesson 15 share: the ring of 8 modes in the lesson's own
 * words, and integrals over the plane that use its symmetry. */
#ifndef LESSONS_LESSON15_H
#define LESSONS_LESSON15_H

#include "check/check.h"
#include "theory/mixture.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, COS1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* The ring: 8 equal bumps of standard deviation 0.05 on the unit circle. */
enum { MODES = 8 };
static const double ring_var = 0.0025;

/* A noise level: x_t = root x_0 + sqrt(spread) eps.  Any two positive numbers, not only a
 * schedule's. */
typedef struct level {
    double root, spread;
} level;
level level_of(const schedule *s, size_t t);

/* What the lesson itself knows about the ring at x: the density, the share of every mode, and
 * E[x_0|x]. */
typedef struct view {
    double q, share[MODES], x_0_hat[2];
} view;
view look(level v, const double *x);

/* mode k of the data, k = 0 .. 7, on axis d. */
double mode(size_t k, size_t d);

/* Integral of q f over the plane, for an f with the symmetry of the ring about `centre`: polar
 * coordinates, 1/16 of the circle by the trapezoidal rule, the radius by Gauss-Legendre.
 * Args  f       called with x relative to the plane's origin and what the lesson sees there
 *       abserr  receives |this rule - a finer rule| plus roundings (may be NULL: no finer rule). */
typedef double (*plane_function)(const double *x, const view *seen, level v, void *params);
double over_plane(level v, double centre, plane_function f, void *params, double *abserr);

/* E |x_0 - E[x_0|x_t]|^2 per coordinate = (E|x_0|^2 - E|x_0_hat|^2)/2, from the lesson's own
 * view. */
double own_mmse(level v, double *abserr);

/* A point of the ring and its noisy version, drawn without src/theory; returns what is seen at
 * x_t. */
typedef struct drawn {
    double x_0[2], eps[2], x_t[2];
    view seen;
} drawn;
drawn draw(level v, gsl_rng *rng);

/* |eps - eps*|^2 per coordinate of a draw, with the lesson's own eps*. */
double noise_error(level v, const drawn *a);

/* The data of the figures: curves over t and the widget's panels. */
void draw_figures(lesson *L);

/* One mixture per dimension, and their allocation. */
enum { MOST_K = 8, MOST_D = 3, DIMENSIONS = 3 };
extern mixture *worlds[DIMENSIONS];
bool worlds_alloc(void);
void worlds_free(void);

/* Bayes' rule by brute force.  y has prior  sum_k weight_k prod_d N(y_d; mean_kd, var_k), and
 * x_d | y, k ~ N(slope y_d + offset_kd, noise_k).  y is one of three unknowns. */
typedef struct bayes {
    size_t K, D;
    double weight[MOST_K], mean[MOST_K][MOST_D], var[MOST_K];
    double slope, offset[MOST_K][MOST_D], noise[MOST_K], x[MOST_D];
    /* results */
    double log_evidence, share[MOST_K], part_mean[MOST_K][MOST_D], part_var[MOST_K];
    double post_mean[MOST_D], post_cov[MOST_D][MOST_D];
    double rounding;     /* relative error of a share */
    double bend[MOST_D]; /* sum_k share_k |part_mean_k - post_mean|: how shares move the mean */
} bayes;

enum unknown { X_0, EPS, X_PREV };

/* What x = x_t says about y, by sums over nodes and nothing else. */
bayes infer(enum unknown y, const mixture *m, const schedule *s, size_t t, const double *x);

/* A question to src/theory at one t: what integrands over the plane get as params. */
typedef struct asked {
    mixture *m;
    const schedule *s;
    size_t t;
    double rule, from;
    bool own;
} asked;

/* |eps* - rule x_t|^2 per coordinate. */
double noise_square_at(const double *x, const view *seen, level v, void *params);

/* The ring as src/theory has it, and integrals over the plane of what it says about it. */
extern mixture *ring;
double integral(const schedule *s, size_t t, plane_function f, double *abserr);

/* The t at which that is done on L1000. */
enum { SEEN = 7 };
extern const size_t seen_t[SEEN];

/* The two errors per coordinate on L1000.  own: this lesson's MMSE_{x_0} at all t.  x0, eps:
 * that of src/theory at the t seen, as the mean posterior variance and as 1 - E|eps*|^2. */
extern double own[1001], own_error[SEEN], x0[SEEN], x0_error[SEEN], eps[SEEN], eps_error[SEEN];

/* SNR(t) of L1000. */
double snr(size_t t);

/* Part b: the oracle against Bayes' rule at all t, in 1, 2 and 3 dimensions. */
void the_oracle(lesson *L);
void the_posterior_variance_pointwise(lesson *L);

/* Part d: which t is work, which t is easy, and why the two errors are one. */
void the_work(lesson *L);
void which_is_easy(lesson *L);
void one_equation(lesson *L);
void hallucination(lesson *L);
void noise_direction(lesson *L);

#endif
