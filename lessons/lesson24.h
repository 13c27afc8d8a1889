/* lesson24.h -- what the parts of lesson 24 share: its two worlds, and clouds of points in them. */
#ifndef LESSONS_LESSON24_H
#define LESSONS_LESSON24_H

#include <stddef.h>

#include "check/check.h"
#include "theory/mixture.h"
#include "theory/sampler.h"
#include "theory/schedule.h"

enum { S10, S50, L1000, N_SCHEDULES };
extern schedule *schedules[N_SCHEDULES];

/* The ring of lessons 15 and 16, which `ddpm train --data ring` uses too: 8 bumps of standard
 * deviation 0.05 on the unit circle. */
enum { MODES = 8 };
static const double ring_var = 0.0025;
extern mixture *ring;

/* Four bumps at (+-1, +-1): each coordinate is the pair of lessons 11 and 19, independent of the
 * other, and stays so in the forward and in the reverse chain.  So everything about it is known from
 * exact laws on the line. */
static const double corner_var = 0.04;
extern mixture *corners, *pair;

/* n points of the plane, row by row. */
typedef struct cloud {
    size_t n;
    double *x; /* [n,2] */
} cloud;

/* Ends the program when memory is short. */
cloud cloud_alloc(size_t n);
void cloud_free(cloud *c);

/* What a sampler does with the noise it adds. */
typedef enum noise_rule {
    ROOT_BETA,       /* sigma_t = sqrt(beta_t) */
    ROOT_BETA_TILDE, /* sigma_t = sqrt(beta_tilde_t) */
    VARIANCE_AS_SD   /* the mistake sigma_t = beta_tilde_t */
} noise_rule;

/* Algorithm 2 with the exact denoiser of m. */
void cloud_oracle(cloud *c, mixture *m, const schedule *s, noise_rule rule, gsl_rng *rng);

/* One call of the same denoiser: x_T ~ N(0, I), out comes E[x_0 | x_T]. */
void cloud_one_shot(cloud *c, mixture *m, const schedule *s, gsl_rng *rng);

/* Fresh data. */
void cloud_data(cloud *c, const mixture *m, gsl_rng *rng);

/* Part b: train a network on the ring, L1000, report its excess over the optimum, and sample it. */
void train_network(lesson *L, cloud *samples);

/* Part c: the widget (claim CAP-02), and its frames. */
void the_widget(lesson *L);

void write_frames(lesson *L, const schedule *s);

/* Part d: how far from the data is each sampler's cloud on the ring, L1000?  Trains the network.
 * Printed, never judged.  Keeps the clouds for the figures. */
enum { NETWORK, ORACLE, ONE_SHOT, WRONG_SIGMA, DATA, N_CLOUDS };
extern cloud clouds[N_CLOUDS];
void distances(lesson *L);

/* Part e: the data of the figures. */
void write_figures(lesson *L);

#endif
