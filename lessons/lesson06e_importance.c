/* Lesson 6, part e.  The likelihood as the mean of importance weights. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson06.h"
#include "theory/law.h"

/* --- 6.3  Importance weights --------------------------------------------------------------------
 * w = p_theta(x_{0:T}) / q(x_{1:T}|x_0) for x_{1:T} ~ q: its mean is p_theta(x_0), the mean of its
 * logarithm is the ELBO.  The densities are written down here. */
static double log_weight(const schedule *s, const reverse_model *p, double x_0, gsl_rng *rng)
{
    double x = x_0, sum = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const double noise = gsl_ran_gaussian_ziggurat(rng, 1.0);
        const double next = sqrt(s->alpha[t]) * x + sqrt(s->beta[t]) * noise;
        sum += log_normal(x, p->mean(next, t, p->params), p->var(next, t, p->params)) -
               log_normal(noise, 0.0, 1.0) + 0.5 * log(s->beta[t]);
        x = next;
    }
    return sum + log_normal(x, 0.0, 1.0);
}

/* The K-sample bound E log (w_1 + ... + w_K)/K, from the n weights in groups of K. */
static double bound_of_groups(const double *log_w, size_t n, size_t K)
{
    double sum = 0.0;
    for (size_t i = 0; i + K <= n; i += K) {
        double mean = 0.0;
        for (size_t k = 0; k < K; k++) mean += exp(log_w[i + k]) / (double)K;
        sum += log(mean);
    }
    return sum / (double)(n / K);
}

static void figure_importance(lesson *L, const double *log_w, size_t n, double elbo, double log_p)
{
    data_file *f = data_open(L, "importance", "K bound ELBO log_p");
    for (size_t K = 1; K <= 300; K += 1 + K / 3)
        data_line(f, "%zu %.6f %.6f %.6f", K, bound_of_groups(log_w, n, K), elbo, log_p);
    data_close(f);
}

static void figure_bound(lesson *L, mixture *m)
{
    data_file *f = data_open(L, "bound", "x_0 log_p_beta ELBO_beta log_p_tilde ELBO_tilde data");
    const schedule *s = schedules[S10];
    reverse_oracle beta, tilde;
    const reverse_model p = reverse_of_mixture(&beta, m, s, SIGMA_BETA),
                        p_tilde = reverse_of_mixture(&tilde, m, s, SIGMA_BETA_TILDE);
    law *e = f ? law_alloc(10, 0, &p, 6.0, 6.0) : NULL;
    law *e_tilde = f ? law_alloc(10, 0, &p_tilde, 6.0, 6.0) : NULL;
    for (double x = -2.0; e && e_tilde && x < 2.001; x += 0.025) {
        double error;
        data_line(f, "%.3f %.6f %.6f %.6f %.6f %.6f", x, log(law_pdf(e, x)),
                  elbo_of(s, &p, x, &error), log(law_pdf(e_tilde, x)),
                  elbo_of(s, &p_tilde, x, &error), mixture_log_pdf(m, &x));
    }
    law_free(e);
    law_free(e_tilde);
    data_close(f);
}

/* n weights; their logarithms are kept. */
static void draw_weights(lesson *L, const reverse_model *p, double x_0, size_t n, double *log_w,
                         moments *weight, moments *logarithm)
{
    for (size_t i = 0; i < n; i++) {
        log_w[i] = log_weight(schedules[S10], p, x_0, lesson_rng(L));
        moments_add(weight, exp(log_w[i]));
        moments_add(logarithm, log_w[i]);
    }
}

/* Broad bumps: the weights are nearly equal, and their mean is a fair estimate of p_theta(x_0). */
static void broad_bumps(lesson *L, double *log_w, size_t n, double x_0)
{
    mixture *m = mixture_pair_alloc(0.4);
    if (!m) return;
    reverse_oracle o;
    const reverse_model p = reverse_of_mixture(&o, m, schedules[S10], SIGMA_BETA);
    double error;
    law *e = law_alloc(10, 0, &p, 6.0, 6.0);
    const double log_p = e ? log(law_pdf(e, x_0)) : (double)NAN,
                 elbo = elbo_of(schedules[S10], &p, x_0, &error);
    moments weight = {0}, logarithm = {0};
    draw_weights(L, &p, x_0, n, log_w, &weight, &logarithm);
    road_mean(L, "law_pdf", "broad bumps: E w = p_theta(x_0), by quadrature", &weight, exp(log_p));
    control_mean(L, "broad bumps: E w = exp(ELBO)", &weight, exp(elbo), 15.0);
    law_free(e);
    mixture_free(m);
}

void importance_weights(lesson *L)
{
    claim(L, "ELB-09");
    mixture *m = mixture_pair_alloc(0.04);
    const size_t n = lesson_samples(L, 30000);
    double *log_w = malloc(n * sizeof *log_w), error;
    if (!m || !log_w) return;
    reverse_oracle o;
    const reverse_model p = reverse_of_mixture(&o, m, schedules[S10], SIGMA_BETA);
    const double x_0 = 0.9;
    broad_bumps(L, log_w, n, x_0);
    law *e = law_alloc(10, 0, &p, 6.0, 6.0);
    const double log_p = e ? log(law_pdf(e, x_0)) : (double)NAN,
                 elbo = elbo_of(schedules[S10], &p, x_0, &error);
    moments weight = {0}, logarithm = {0};
    draw_weights(L, &p, x_0, n, log_w, &weight, &logarithm);
    road_mean(L, "elbo_denoising", "narrow bumps: E log w = ELBO, by quadrature", &logarithm, elbo);
    control_mean(L, "narrow bumps: E log w = log p_theta(x_0)", &logarithm, log_p, 61.0);
    const double ten = bound_of_groups(log_w, n, 10);
    say(L,
        "Averaging K weights before the logarithm tightens the bound: %.3f (K = 1), %.3f (K = 10), "
        "%.3f (all %zu, one draw: it may land above log p = %.3f). "
        "The mean rests on a few large weights (skewness %.0f): with ten steps and one dimension "
        "it still works, for images it does not.",
        logarithm.mean, ten, log(weight.mean), n, log_p, moments_skewness(&weight));
    evidence(
        L, "S10, x_0 = 0.9: E log w %.4f (ELBO %.5f), K = 10 bound %.4f, log E w %.4f (log p %.5f)",
        logarithm.mean, elbo, ten, log(weight.mean), log_p);
    figure_importance(L, log_w, n, elbo, log_p);
    figure_bound(L, m);
    law_free(e);
    free(log_w);
    mixture_free(m);
}
