/* task.c -- noise, target and loss as tables over t. */
#include "train/task.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "theory/posterior.h"
#include "theory/predict.h"
#include "theory/weight.h"

static const char *const predict_words[PREDICT_KINDS] = {"eps", "x0", "mu", "v", "score"};
static const char *const sigma_words[TASK_SIGMAS] = {"beta", "beta_tilde", "learned"};

const char *task_predict_word(task_predict predict)
{
    return predict_words[predict];
}

const char *task_sigma_word(task_sigma sigma)
{
    return sigma_words[sigma];
}

/* ---- One row of the tables -------------------------------------------------------------------- */

/* A quantity q = x0 x_0 + eps eps, from which eps_hat = eps_x x_t + eps_q q. */
typedef struct row {
    double x0, eps, eps_x, eps_q;
} row;

static row row_of(const schedule *s, size_t t, task_predict predict)
{
    const double signal = sqrt(s->alpha_bar[t]), noise = sqrt(s->var_bar[t]);
    switch (predict) {
    case PREDICT_X0: /* eps = (x_t - signal x_0) / noise */
        return (row){1.0, 0.0, 1.0 / noise, -signal / noise};
    case PREDICT_MU: /* mu_tilde = w_x0 x_0 + w_xt x_t, and w_x0 + w_xt signal = sqrt(alpha_bar_{t-1});
                      * eps = (x_t/sqrt(alpha_t) - mu) / slope, slope = beta/(sqrt(alpha_t) noise) */
        return (row){sqrt(s->alpha_bar[t - 1]), posterior_weight_xt(s, t) * noise,
                     noise / s->beta[t], -1.0 / predict_mean_slope_eps(s, t)};
    case PREDICT_V: return (row){-noise, signal, noise, signal};
    case PREDICT_SCORE: return (row){0.0, -1.0 / noise, 0.0, -noise};
    default: return (row){0.0, 1.0, 0.0, 1.0}; /* eps */
    }
}

/* The weight of |eps - eps_hat|^2; |prediction error|^2 = |eps - eps_hat|^2 / eps_q^2. */
static double weight_of_eps(const task *k, size_t t, double eps_q)
{
    const double log_snr = k->s->log_snr[t];
    switch (k->loss) {
    case LOSS_VLB:
        return k->sigma2 ? weight_eps(k->s, t, k->sigma2[t]) : 0.0; /* learned: the KL */
    /* |x_0 - x_0_hat|^2 = |eps - eps_hat|^2 / SNR */
    case LOSS_SNR: return exp((k->number - 1.0) * log_snr);
    case LOSS_SNR_MIN: return fmin(1.0, k->number * exp(-log_snr));
    case LOSS_SNR_MAX: return fmax(1.0, k->number * exp(-log_snr));
    default: return 1.0 / gsl_pow_2(eps_q); /* simple, hybrid */
    }
}

static void set_sigma(task *k, size_t t)
{
    const schedule *s = k->s;
    if (k->sigma == TASK_LEARNED) {
        k->log_low[t] = log(s->beta_tilde[t > 1 ? t : 2]);
        k->log_high[t] = log(s->beta[t]);
    } else
        k->sigma2[t] = k->sigma == TASK_BETA || t == 1 ? s->beta[t] : s->beta_tilde[t];
}

static void set_row(task *k, size_t t)
{
    const row asked = row_of(k->s, t, k->predict);
    const row r = k->skip ? row_of(k->s, t, PREDICT_V) : asked;
    k->signal[t] = sqrt(k->s->alpha_bar[t]);
    k->noise[t] = sqrt(k->s->var_bar[t]);
    k->input[t] = 1.0;
    k->target_x0[t] = r.x0;
    k->target_eps[t] = r.eps;
    k->eps_x[t] = r.eps_x;
    k->eps_out[t] = r.eps_q;
    k->mean_out[t] = -predict_mean_slope_eps(k->s, t) * r.eps_q;
    set_sigma(k, t);
    const bool plain = (k->loss == LOSS_SIMPLE || k->loss == LOSS_HYBRID) && !k->skip;
    k->weight[t] = plain ? 1.0 : weight_of_eps(k, t, asked.eps_q) * gsl_pow_2(r.eps_q);
}

/* ---- Words ------------------------------------------------------------------------------------ */

static task *refuse(task *k, char *error, size_t error_size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error_size > 0) vsnprintf(error, error_size, format, args);
    va_end(args);
    task_free(k);
    return NULL;
}

static bool parse_predict(task *k, const char *word)
{
    const char *colon = strchr(word, ':');
    const size_t length = colon ? (size_t)(colon - word) : strlen(word);
    k->skip = colon != NULL;
    if (colon && strcmp(colon, ":skip") != 0) return false;
    for (size_t i = 0; i < PREDICT_KINDS; i++)
        if (strlen(predict_words[i]) == length && strncmp(word, predict_words[i], length) == 0) {
            k->predict = (task_predict)i;
            return true;
        }
    return false;
}

static bool parse_sigma(task *k, const char *word)
{
    for (size_t i = 0; i < TASK_SIGMAS; i++)
        if (strcmp(word, sigma_words[i]) == 0) {
            k->sigma = (task_sigma)i;
            return true;
        }
    return false;
}

static bool parse_loss(task *k, const char *word)
{
    static const struct {
        const char *word;
        task_loss loss;
    } numbered[] = {{"snr:min:", LOSS_SNR_MIN},
                    {"snr:max:", LOSS_SNR_MAX},
                    {"snr:", LOSS_SNR},
                    {"hybrid:", LOSS_HYBRID}};
    if (strcmp(word, "simple") == 0 || strcmp(word, "vlb") == 0) {
        k->loss = *word == 's' ? LOSS_SIMPLE : LOSS_VLB;
        return true;
    }
    for (size_t i = 0; i < 4; i++) {
        const size_t length = strlen(numbered[i].word);
        if (strncmp(word, numbered[i].word, length) != 0) continue;
        char *end;
        k->loss = numbered[i].loss;
        k->number = strtod(word + length, &end);
        return end != word + length && *end == '\0' && isfinite(k->number) &&
               (k->loss == LOSS_SNR || k->number > 0.0);
    }
    return false;
}

/* NULL when the loss trains what there is to train, or the reason why not. */
static const char *conflict(const task *k)
{
    const bool learned = k->sigma == TASK_LEARNED;
    if (learned && k->loss != LOSS_VLB && k->loss != LOSS_HYBRID)
        return "--sigma learned needs --loss vlb or hybrid:LAMBDA: no other loss trains sigma";
    if (!learned && k->loss == LOSS_HYBRID)
        return "--loss hybrid needs --sigma learned: its second part trains sigma and nothing else";
    if (learned && k->T < 2) return "--sigma learned needs T >= 2: beta_tilde_1 is 0";
    return NULL;
}

/* ---- Allocation ------------------------------------------------------------------------------- */

/* Zeroed tables; of the optional ones those that the kind of task has. */
static bool allocate(task *k, size_t T)
{
    double **const always[] = {&k->signal,     &k->noise,  &k->input, &k->target_x0,
                               &k->target_eps, &k->weight, &k->eps_x, &k->eps_out};
    double *next = calloc(11 * (T + 1), sizeof *next);
    if (!next) return false;
    k->T = T;
    for (size_t i = 0; i < 8; i++, next += T + 1) *always[i] = next;
    if (!k->s) return true;
    k->mean_out = next;
    if (k->sigma == TASK_LEARNED) {
        k->log_low = next + (T + 1);
        k->log_high = next + 2 * (T + 1);
    } else
        k->sigma2 = next + (T + 1);
    return true;
}

task *task_alloc(const schedule *s, const char *predict, const char *loss, const char *sigma,
                 char *error, size_t error_size)
{
    if (!predict) predict = "eps";
    if (!loss) loss = "simple";
    if (!sigma) sigma = "beta";
    task *k = calloc(1, sizeof *k);
    if (!k) return refuse(k, error, error_size, "no memory for the task");
    k->s = s;
    k->T = s->T;
    if (!parse_predict(k, predict))
        return refuse(k, error, error_size,
                      "--predict %.40s: expected eps, x0, mu, v or score, perhaps with :skip",
                      predict);
    if (!parse_loss(k, loss))
        return refuse(k, error, error_size,
                      "--loss %.40s: expected simple, vlb, snr:POWER, snr:min:G, snr:max:G or "
                      "hybrid:LAMBDA (G, LAMBDA > 0)",
                      loss);
    if (!parse_sigma(k, sigma))
        return refuse(k, error, error_size, "--sigma %.40s: expected beta, beta_tilde or learned",
                      sigma);
    if (conflict(k)) return refuse(k, error, error_size, "%s", conflict(k));
    if (!allocate(k, s->T)) return refuse(k, error, error_size, "no memory for the task");
    snprintf(k->words, sizeof k->words, "%s %.24s %s", predict, loss, sigma);
    k->kl = k->sigma != TASK_LEARNED ? 0.0 : k->loss == LOSS_VLB ? 1.0 : k->number * (double)s->T;
    k->kl_moves_mean = k->loss == LOSS_VLB;
    for (size_t t = 1; t <= k->T; t++) {
        set_row(k, t);
        const double w = fmax(k->weight[t], k->kl);
        if (!(w >= (double)FLT_MIN && w <= (double)FLT_MAX))
            return refuse(k, error, error_size,
                          "--loss %.40s: the weight %.3g at t = %zu is beyond single precision",
                          loss, w, t);
    }
    return k;
}

task *task_ncsn_alloc(const double *sigma, size_t T, bool skip, char *error, size_t error_size)
{
    task *k = calloc(1, sizeof *k);
    if (!k) return refuse(k, error, error_size, "no memory for the task");
    if (T < 1 || T > 10000000) return refuse(k, error, error_size, "%zu noise levels", T);
    for (size_t t = 1; t <= T; t++)
        if (!(sigma[t - 1] > (t > 1 ? sigma[t - 2] : 0.0) && sigma[t - 1] <= 1e9))
            return refuse(k, error, error_size,
                          "noise level %zu is %g: expected positive, increasing numbers", t,
                          sigma[t - 1]);
    if (!allocate(k, T)) return refuse(k, error, error_size, "no memory for the task");
    k->predict = PREDICT_SCORE;
    k->skip = skip;
    snprintf(k->words, sizeof k->words, "ncsn score%s", skip ? ":skip" : "");
    for (size_t t = 1; t <= T; t++) {
        const double level = sigma[t - 1];
        k->signal[t] = 1.0;
        k->noise[t] = level;
        k->input[t] = 1.0 / sqrt(1.0 + level * level);
        k->target_eps[t] = skip ? -1.0 : -1.0 / level;
        k->eps_out[t] = skip ? -1.0 : -level;
        k->weight[t] = skip ? 1.0 : level * level;
    }
    return k;
}

void task_free(task *k)
{
    if (!k) return;
    free(k->signal); /* the one block */
    free(k);
}

size_t task_outputs(const task *k, size_t D)
{
    return k->sigma == TASK_LEARNED ? 2 * D : D;
}

double task_between(double low, double high, double logit)
{
    const double shrink = exp(-fabs(logit)), f = (logit < 0.0 ? shrink : 1.0) / (1.0 + shrink);
    return low + f * (high - low);
}
