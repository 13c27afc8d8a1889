/* trainer.h -- stochastic gradient training of any network on any task: deterministic, resumable.
 *
 * One step, number k = 0, 1, ...:  for every sample i of the batch draw x_0, t and eps from the
 * addresses (seed, stream, k, i) of a counter-based generator; loss and gradient; clip; Adam; average.
 * The batch is cut into TRAINER_SLICES slices, each with its own gradient; gradients
 * are added in fixed order: bytes depend on neither the number of threads nor on interruptions. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/network.h"
#include "train/adapt.h"
#include "train/parallel.h"
#include "train/task.h"

enum { TRAINER_SLICES = 8 };

/* Streams of the counter-based generator; 0 is the networks' own (initial parameters). */
enum {
    STREAM_DATA = 1,
    STREAM_NOISE = 2, /* t and eps of training */
    STREAM_BATCH = 3, /* what a whole batch shares: the offset of stratified t */
    STREAM_PROBE = 4,
    STREAM_SAMPLE = 5,
    STREAM_EVALUATE = 6
};

typedef struct trainer_config {
    size_t batch;     /* samples per step, 1 .. 2^24 - 1 */
    uint64_t steps;   /* planned; the learning rate is laid out over them */
    double rate;      /* learning rate of Adam, > 0 */
    uint64_t warm_up; /* steps over which the rate rises linearly from 0 */
    double decay;     /* the last part of the steps, 0..1, over which it falls linearly to 0 */
    double ema;       /* decay of the averaged parameters, 0 <= ema < 1; 0: no averaging */
    double clip;      /* largest norm of the gradient; 0: no clipping */
    uint64_t seed;
    bool stratified; /* t of a batch spread evenly: t_i = 1 + floor(T ((i + u)/batch)), u shared */
    size_t threads;  /* 0: one per processor */
} trainer_config;

/* batch 512, steps 20000, rate 3e-3, warm-up 200, decay from the start (1), ema 0.99, no clipping,
 * uniform t, seed 1; docs/training.md has the measurements behind them. */
trainer_config trainer_defaults(void);

/* Sums over the samples seen at one t since the last trainer_forget. */
typedef struct trainer_bin {
    uint64_t n;
    double loss; /* mean = loss / n */
} trainer_bin;

/* A part of the batch, with everything that one thread needs for it. */
typedef struct trainer_slice {
    size_t first, n;
    real *x_0, *eps, *input; /* [n,D] */
    real *out, *d_out;       /* [n,net->out] */
    real *gradient;
} trainer_slice;

typedef struct trainer {
    const network *net;
    const task *k;
    adapt_data data;
    trainer_config config;
    uint64_t step;    /* steps done: the next one draws from this address */
    real *theta;      /* [net->parameters] */
    real *average;    /* the same, averaged over steps (net/ema.h): what to sample from */
    real *m, *v;      /* Adam's moments */
    double loss;      /* of the last step: mean over its batch */
    double norm;      /* of its gradient, before clipping */
    double rate;      /* that it used */
    trainer_bin *bin; /* [T+1], by t */
    char fault[160];  /* one line, when trainer_step has refused */
    /* the rest is the trainer's own */
    trainer_slice slice[TRAINER_SLICES];
    real *workspace[TRAINER_SLICES]; /* one per thread: it stays in that thread's cache */
    atomic_size_t next;              /* the first slice that no thread has taken yet */
    real *memory, *gradient, *spare; /* one block; [parameters] of it; the same */
    double *losses, *part;
    double offset; /* of stratified t in this step */
    size_t *t;     /* [batch] */
    parallel *pool;
} trainer;

/* A trainer at step 0 with the network's initial parameters (net->init with the seed).
 * Args     net, k, data  must outlive the trainer; net->in = D and net->out = task_outputs(k, D),
 *                        net->T >= k->T.
 *          error  receives one line.
 * Returns  NULL with error set: sizes that do not fit, a configuration out of range (the field is
 *          named), or memory too short. */
trainer *trainer_alloc(const network *net, const task *k, const adapt_data *data,
                       const trainer_config *config, char *error, size_t error_size);
void trainer_free(trainer *w); /* NULL is legal */

/* One step; allocates nothing.
 * Returns  GSL_SUCCESS, or GSL_EFAILED when a number is not finite: then fault names the step and the
 *          quantity (data, network output, loss or gradient), and step, theta, average,
 *          m and v are those before the step: still good to save. */
int trainer_step(trainer *w);

/* Learning rate of step k = 0..steps-1; 0 beyond if decay > 0.
 * Eq.  rate min(1, (k+1)/(warm_up+1)) min(1, (steps - k)/(decay steps)) */
double trainer_rate(const trainer_config *c, uint64_t k);

/* Empty the bins (say at each line of progress). */
void trainer_forget(trainer *w);

/* What the gradients are like at one t, at the present theta. */
typedef struct trainer_probe {
    double loss;        /* mean over the samples */
    double square;      /* mean of |g_i|^2, g_i the gradient of one sample's loss by theta */
    double mean_square; /* |E g|^2, estimated without bias from the same samples; may be < 0 */
    double out_square;  /* mean of |d loss_i / d out|^2 */
} trainer_probe;

/* Gradients of n >= 2 samples at t, one by one: lesson 16's quantities for a real network.
 * Args  number  which draw of samples (another number, other samples).
 * Slow, and outside training: changes nothing of the trainer's state.
 * Returns  NaN in every field for t outside 1..T or n < 2. */
trainer_probe trainer_probe_at(trainer *w, size_t t, size_t n, uint64_t number);

/* Say that theta, average, m, v now hold the state after `step` steps (train/store.h fills them).
 * Returns  GSL_SUCCESS; GSL_EFAILED with fault set when a number in them is not finite. */
int trainer_resume(trainer *w, uint64_t step);

#endif
