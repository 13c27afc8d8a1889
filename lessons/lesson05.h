/* lesson05.h -- what the two parts of lesson 5 share: the schedules, and Bayes' rule from the
 * betas. */
#ifndef LESSON05_H
#define LESSON05_H

#include <stddef.h>

#include "check/check.h"
#include "theory/schedule.h"

/* All six named schedules: a sentence about "all t" is tried at all t of all of them. */
enum { L1000, S10, S50, BAD50, COS1000, COS50, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];
size_t number_of_steps(void);

/* Step t seen by Bayes' rule; see section 5.1. */
typedef struct bayes {
    double root, lost; /* sqrt(abar_{t-1}) and 1 - sqrt(abar_{t-1}) */
    double v_prev, v;  /* 1 - abar_{t-1} and 1 - abar_t */
    double log_abar;   /* ln abar_t */
    double alpha;      /* alpha_t */
    double share;      /* of the information on x_{t-1}, what x_0 brings */
    double x0, xt;     /* the two weights */
} bayes;
extern const bayes bayes_start; /* t = 0 */
void bayes_walk(bayes *b, double beta);
double bayes_tolerance(size_t t);

/* What a formula says of step t, and what Bayes' rule says. */
typedef double (*statement)(const schedule *s, size_t t);
typedef double (*reference)(const bayes *b);
double bayes_xt(const bayes *b);
double bayes_share(const bayes *b);

/* The two at every t of the schedules first .. last. */
gap against_bayes(statement f, reference r, int first, int last);

/* How often f does not fall (or does not rise) from t to t + 1. */
size_t exceptions(statement f, const schedule *s, bool falling);

/* Part b. */
void interpolation(lesson *L);
void mu_target(lesson *L);
void last_target(lesson *L);
void rise_and_fall(lesson *L);
void trust(lesson *L);
void write_figure(lesson *L);

#endif
