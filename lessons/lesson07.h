/* lesson07.h -- what the parts of lesson 7 share: paths, densities, lines of the derivation. */
#ifndef LESSON07_H
#define LESSON07_H

#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_machine.h>

#include "check/check.h"
#include "theory/elbo.h"
#include "theory/linear.h"
#include "theory/schedule.h"

/* The short coarse schedules show what the long fine ones hide, and the reverse: use them all. */
enum { S10, S50, BAD50, L1000, COS1000, N_SCHEDULES };
extern const char *const schedule_names[N_SCHEDULES];
extern schedule *schedules[N_SCHEDULES];
extern const double x_0;

static const double eps = GSL_DBL_EPSILON;

/* ---- Part d: paths and densities ---- */

/* A path, and the model p that it is judged by. */
typedef struct walk {
    const schedule *s;
    reverse_model p;
    bool library; /* take the densities from src/theory, not from part d */
    double x[1001];
} walk;

/* x_0 .. x_T with an arbitrary nonlinear p.  kind 0, 1: like a draw of q, with frozen noise; kind
 * 2: a path that q would never draw. */
void take_walk(walk *w, schedule *s, int kind);

/* Running error analysis: a number, and a bound of all roundings that made it. */
typedef struct bounded {
    double value, error;
} bounded;

void add(bounded *sum, double sign, bounded term);

/* log N(x; mean, var); size = sum of the |summands| of the mean. */
bounded log_normal(double x, double mean, double size, double var);

bounded log_prior(const walk *w, size_t T);     /* log p(x_T) */
bounded log_p(const walk *w, size_t t);         /* log p(x_{t-1} | x_t) */
bounded log_step(const walk *w, size_t t);      /* log q(x_t | x_{t-1}) */
bounded log_jump(const walk *w, size_t t);      /* log q(x_t | x_0) */
bounded log_posterior(const walk *w, size_t t); /* log q(x_{t-1} | x_t, x_0), t >= 2 */

/* A line of the derivation is a sum of  sign * sum_{t=first}^{last} density(t - shift);  END means
 * T. */
enum { END = 0, SUMMANDS = 10 };
typedef struct line {
    const char *text;
    bounded (*whole)(walk *w); /* for a line that is not such a sum */
    struct {
        double sign;
        bounded (*density)(const walk *w, size_t t);
        size_t first, last, shift;
    } part[SUMMANDS];
} line;

/* The value of a line on a path, with the densities of src/theory or with ours. */
bounded evaluate(const line *l, walk *w, bool library);

/* Line (1), multiplied out (part d), and those of part a that other parts need. */
extern const line product, two_sums, telescoped;

/* ---- Part b: the expectation ---- */

/* Average of f over n paths drawn step by step from q. */
moments simulate(lesson *L, walk *w, size_t n, double (*f)(walk *w));

/* The right-hand side as the Training Objective page boxes it, on one path, without an expectation.
 */
double right_hand_side(walk *w);

void mismatched_pair(lesson *L);
void take_expectation(lesson *L);
void subscripts(lesson *L);

/* ---- Part c: a linear model, and the sizes ---- */
/* E of line (2) in closed form at x_0 = x. */
bounded linear_two_sums(const schedule *s, const linear_chain *c, double x);
void linear_roads(lesson *L);
void two_slips(lesson *L);
void sizes(lesson *L);
void draw(lesson *L);

/* ---- Part e: one path ---- */
void missing_expectation(lesson *L);

#endif
