/* Lesson 6.  The evidence lower bound
 * -----------------------------------
 * CLAIM   log p_theta(x_0) >= E_q [ log p_theta(x_{0:T}) - log q(x_{1:T}|x_0) ],  and the gap is
 *         KL( q(x_{1:T}|x_0) || p_theta(x_{1:T}|x_0) )
 * WHY     This is what a DDPM maximises; lessons 7 to 14 only rewrite it.
 * NEEDS   lessons 1, 4.   Notes: docs/lesson06.md
 * RUN     make lesson06   FIGURES  build/figures/lesson06.png, lesson06_{importance,prior}.png
 *
 * Both sides are computed, not just the bound: in one dimension log p_theta(x_0) is T quadratures
 * (part c says why), for a linear-Gaussian chain it is closed form, and importance sampling finds
 * it a third time.  Part b is about the chain, part c about its factors and their names.
 */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "lesson06.h"
#include "theory/gaussian.h"
#include "theory/misprint.h"

static const char *const names[N_SCHEDULES] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];

double log_normal(double x, double mean, double var)
{
    return -0.5 * (gsl_pow_2(x - mean) / var + log(2.0 * M_PI * var));
}

double wild_mean(double x_t, size_t t, void *params)
{
    wild *w = params;
    w->calls++;
    return 0.83 * x_t + 0.31 * sin(2.3 * x_t + 0.7 * (double)t);
}

double wild_var(double x_t, size_t t, void *params)
{
    const wild *w = params;
    return 0.21 + 0.13 * (double)t / (double)w->T + 0.17 * gsl_pow_2(cos(x_t));
}

/* --- 6.1  One latent variable -------------------------------------------------------------------
 * p(z) = N(0,1), p(x|z) = N(z,1), hence p(x) = N(0,2) and p(z|x) = N(x/2, 1/2).  For every q
 *   log p(x) = E_q log p(x,z)/q(z) + KL(q || p(z|x)),
 * and the last term is what Jensen's inequality throws away. */
static const double x = 1.2;

typedef struct guess {
    double mean, var;
} guess;

static const guess guesses[] = {{0.0, 1.0}, {0.6, 1.3}, {-0.37, 0.5}, {1.71, 0.083}, {0.53, 2.9}};
enum { N_GUESSES = sizeof guesses / sizeof guesses[0] };

static double log_ratio(double z, void *params)
{
    const guess *q = params;
    return log_normal(z, 0.0, 1.0) + log_normal(x, z, 1.0) - log_normal(z, q->mean, q->var);
}

/* The integrand is a quadratic: 12 nodes are exact, 20 roundings per node of terms of size (z^2 +
 * 3). */
static double elbo_of_guess(guess q, double *tolerance)
{
    *tolerance = 32 * GSL_DBL_EPSILON * (10.0 + 10.0 * q.var);
    return quad_hermite(log_ratio, &q, q.mean, sqrt(q.var), 12, NULL);
}

static double joint(double z, void *params)
{
    (void)params;
    return exp(log_normal(z, 0.0, 1.0) + log_normal(x, z, 1.0));
}

static gap bounds_with(misprint_formula kl, double log_p)
{
    gap g = {0};
    for (size_t i = 0; i < N_GUESSES; i++) {
        double tolerance;
        const double elbo = elbo_of_guess(guesses[i], &tolerance);
        const double arg[] = {guesses[i].mean, guesses[i].var, 0.5 * x, 0.5};
        gap_add(&g, i, log_p - kl(NULL, 1, arg), elbo, tolerance);
    }
    return g;
}

static void one_latent(lesson *L)
{
    claim(L, "ELB-01");
    quad *w = quad_alloc();
    if (!w) return;
    double error, tolerance;
    const double log_p = log(quad_around(w, joint, NULL, 0.6, 10.0, &error));
    road(L, "gaussian_log_pdf", "log p(x) = log N(x; 0, 2) = log of the integral",
         gaussian_log_pdf(x, 0.0, 2.0), log_p, 8.0 * error + 8 * GSL_DBL_EPSILON);
    const misprint_quantity *kl = misprint_quantity_find("kl");
    const gap right = bounds_with(kl->value, log_p);
    road_gap(L, "gaussian_kl", "E_q log p(x,z)/q(z) = log p(x) - KL(q||p(z|x))", &right);
    const double tight = elbo_of_guess((guess){0.5 * x, 0.5}, &tolerance);
    road(L, NULL, "equality when q is the posterior N(0.6, 0.5)", tight, log_p, tolerance);
    size_t above = 0, below = 0;
    for (size_t i = 0; i < N_GUESSES; i++) {
        const double elbo = elbo_of_guess(guesses[i], &tolerance);
        above += !(elbo + tolerance <= log_p);
        below += !(log_p <= elbo);
    }
    road_all(L, NULL, "every other q gives less", above, N_GUESSES);
    control_all(L, "the inequality reversed", below, N_GUESSES);
    for (const misprint *m = NULL; (m = misprint_next("kl", m));) {
        const gap wrong = bounds_with(m->value, log_p);
        control_gap(L, m->what, &wrong);
    }
    const double prior = elbo_of_guess(guesses[0], &tolerance);
    control(L, "q = p(z) taken as good enough", prior, log_p, tolerance);
    evidence(L, "x = 1.2: log p = %.5f; q = N(0,1): ELBO %.5f, gap %.5f; q = N(0.6,0.5): gap 0",
             log_p, prior, log_p - prior);
    quad_free(w);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 6, "The evidence lower bound");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    const bool all = !lesson_random_only(L);
    if (all) {
        section(L, "6.1  One latent variable");
        one_latent(L);
        section(L, "6.2  T latent variables");
        jensen_for_a_chain(L);
        gap_of_paths(L);
    }
    section(L, "6.3  Importance weights");
    importance_weights(L);
    if (all) {
        section(L, "6.4  The integral");
        intractable(L);
        section(L, "6.5  The factors");
        factors(L);
        as_a_vae(L);
    }
    section(L, "6.6  What is printed otherwise");
    not_the_vanilla_vae(L);
    if (all) signs_and_names(L);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
