/* task.h -- what a network is asked to do: the noise, the target and the loss, as tables over t.
 *
 * Every objective of the documents has the same shape.  Data x_0 are noised to
 *     x_t = signal_t x_0 + noise_t eps,
 * the network reads input_t x_t and t, and its output is compared with the target
 *     y = target_x0_t x_0 + target_eps_t eps;
 * the loss of one sample, per coordinate, t uniform on 1..T, is
 *     weight_t |y - out|^2 / D  +  kl KL_t / D          (the second part for a learned variance).
 * Back from the output to the noise, and to the mean of the reverse kernel:
 *     eps_hat = eps_x_t x_t + eps_out_t out,    mu_tilde_t - mu_theta = mean_out_t (y - out).
 * DDPM: signal = sqrt(alpha_bar), noise = sqrt(1 - alpha_bar).  NCSN: signal = 1, noise = sigma_t.
 * docs/training.md says what is legal and why. */
#ifndef TRAIN_TASK_H
#define TRAIN_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "theory/schedule.h"

/* What the loss compares.  With `:skip` after the word the network's output is v, whatever the
 * prediction, and the prediction is put together from x_t and v outside the network, e.g.
 * eps_hat = sqrt(1 - alpha_bar_t) x_t + sqrt(alpha_bar_t) out; the loss is still that of eps. */
typedef enum task_predict {
    PREDICT_EPS,
    PREDICT_X0,
    PREDICT_MU,    /* mu_tilde_t(x_t, x_0); x_0 at t = 1 */
    PREDICT_V,     /* sqrt(alpha_bar_t) eps - sqrt(1 - alpha_bar_t) x_0 */
    PREDICT_SCORE, /* -eps / noise_t */
    PREDICT_KINDS
} task_predict;

/* How squared errors of different t are weighted against each other. */
typedef enum task_loss {
    LOSS_SIMPLE,  /* 1 on the error of the prediction itself */
    LOSS_VLB,     /* the term of the bound, in nats: equal for all predictions */
    LOSS_SNR,     /* SNR(t)^number on |x_0 - x_0_hat|^2;  1 is `eps simple`, 0 is `x0 simple` */
    LOSS_SNR_MIN, /* min(SNR(t), number) on the same    (Hang et al. 2023) */
    LOSS_SNR_MAX, /* max(SNR(t), number) on the same    (Salimans & Ho 2022, number 1) */
    LOSS_HYBRID,  /* simple + number T KL_t             (Nichol & Dhariwal 2021, number 0.001) */
    LOSS_KINDS
} task_loss;

/* The variance of the reverse kernel; sigma_1^2 = beta_1 also for beta_tilde (beta_tilde_1 = 0 has no
 * density), as in theory/linear.h.  Learned: log sigma^2 = f log beta_t + (1 - f) log beta_tilde_t,
 * f = sigmoid of D further outputs, with beta_tilde_2 in the place of beta_tilde_1.
 *                                                       (Nichol & Dhariwal 2021, eq. 15) */
typedef enum task_sigma { TASK_BETA, TASK_BETA_TILDE, TASK_LEARNED, TASK_SIGMAS } task_sigma;

typedef struct task {
    size_t T;
    task_predict predict;
    bool skip; /* the network's output is v (DDPM), or noise_t times the score (NCSN) */
    task_loss loss;
    double number; /* of the loss, where it has one */
    task_sigma sigma;
    char words[80];    /* "eps:skip simple beta", for reports and checkpoints */
    const schedule *s; /* NULL for NCSN; not owned */
    double kl;         /* factor of the KL of a learned variance; 0 for a fixed one */
    bool
        kl_moves_mean; /* vlb: yes.  hybrid: no, it trains the variance only (their stop-gradient) */
    /* [T+1] each; index 0 is 0 */
    double *signal, *noise;
    double *input;                  /* factor of x_t on its way into the network */
    double *target_x0, *target_eps; /* of the network's output */
    double *weight;
    double *eps_x, *eps_out;
    double *mean_x, *mean_out;  /* NULL for NCSN */
    double *sigma2;             /* NULL for NCSN and for a learned variance */
    double *log_low, *log_high; /* log beta_tilde_t, log beta_t; NULL unless learned:
                                 * log sigma^2 = task_between(low, high, logit) */
} task;

/* A DDPM task from the words of the command line.
 * Args     s        must outlive the task;
 *          predict  eps | x0 | mu | v | score, each also with `:skip`;  NULL means eps
 *          loss     simple | vlb | snr:POWER | snr:min:G | snr:max:G | hybrid:LAMBDA;  NULL: simple
 *          sigma    beta | beta_tilde | learned;  NULL means beta
 *          error    receives one line naming the option and the reason.
 * Returns  the task; NULL with error set for an unknown word, a number that is not usable (G and
 *          LAMBDA must be positive; no weight may leave the range of a float), a learned variance
 *          with a loss that does not train it, hybrid without one, or memory too short. */
task *task_alloc(const schedule *s, const char *predict, const char *loss, const char *sigma,
                 char *error, size_t error_size);

/* NCSN: x_t = x_0 + sigma_t eps, target the score -eps / sigma_t, weight sigma_t^2, so that the loss
 * is |sigma_t s_theta + eps|^2 / D; the network reads x_t / sqrt(1 + sigma_t^2).
 *                                                       (Song & Ermon 2019, eqs. 5, 6)
 * Args     sigma  [T], positive, strictly increasing: sigma[0] belongs to t = 1, the smallest noise;
 *          skip   the network's output is divided by sigma_t outside (Song & Ermon 2020, technique
 *                 3): the same loss, and an output of one size at every t.
 * Returns  NULL with error set. */
task *task_ncsn_alloc(const double *sigma, size_t T, bool skip, char *error, size_t error_size);

/* NULL is legal. */
void task_free(task *k);

/* Outputs a network needs for data of D coordinates: D, or 2 D with a learned variance, first the D
 * predictions, then the D logits of f. */
size_t task_outputs(const task *k, size_t D);

/* low + f (high - low), f = 1 / (1 + exp(-logit)). */
double task_between(double low, double high, double logit);

/* The word of each kind, as the command line has it. */
const char *task_predict_word(task_predict predict);
const char *task_sigma_word(task_sigma sigma);

#endif
