/* Lesson 14.  L_simple: what is averaged over what
 * -----------------------------------------------
 * CLAIM   L_simple = E |eps - eps_theta(sqrt(abar_t) x_0 + sqrt(1-abar_t) eps, t)|^2 over
 *         t ~ U{1..T}, x_0 and eps is the bound with every w_t set to 1; one random t, times T w_t,
 *         gives the bound back.
 * WHY     It is the loss that lessons 20 to 24 train.  An index off by one costs 20 percent.
 * NEEDS   lessons 1, 11, 12.   Notes: docs/lesson14.md
 * RUN     make lesson14   FIGURE  build/figures/lesson14.png, lesson14_embedding.png,
 *         lesson14_training.png
 *
 * For Gaussian data the best predictor is affine, and every expectation below is one of a quadratic
 * polynomial.  So nothing need be estimated: a 3-point rule takes E over x_0 and eps exactly, a
 * loop takes E over t exactly, and Monte Carlo comes only where the claim is about random draws.
 * Part b: the random t, time conditioning; part c: the training run; part d: .mean(). */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson14.h"
#include "theory/sampler.h"
#include "theory/weight.h"

static const char *const names[] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];
static const double ulp = GSL_DBL_EPSILON;

double slope(const schedule *s, size_t t, normal_data p)
{
    return sqrt(s->var_bar[t]) / (s->alpha_bar[t] * p.v + s->var_bar[t]);
}

double least(const schedule *s, size_t t, normal_data p)
{
    return s->alpha_bar[t] * p.v / (s->alpha_bar[t] * p.v + s->var_bar[t]);
}

double mean_least(size_t which, normal_data p, size_t first)
{
    const schedule *s = schedules[which];
    double sum = 0.0;
    for (size_t t = first; t <= s->T; t++) sum += least(s, t, p);
    return sum / (double)(s->T - first + 1);
}

double expect(double (*f)(double x_0, double eps, const setting *w), const setting *w)
{
    static const double node[] = {-M_SQRT3, 0.0, M_SQRT3}, mass[] = {1.0 / 6, 2.0 / 3, 1.0 / 6};
    double sum = 0.0;
    for (int i = 0; i < 9; i++)
        sum += mass[i / 3] * mass[i % 3] * f(w->p.m + sqrt(w->p.v) * node[i / 3], node[i % 3], w);
    return sum;
}

double own_jump(const schedule *s, size_t t, const double *x)
{
    return sqrt(s->alpha_bar[t]) * x[0] + sqrt(s->var_bar[t]) * x[1];
}

/* Steps 4 to 6 of the algorithm.  9 terms below 12, about 20 roundings each: 128 ulp absolute. */
static const double loss_rounding = 128 * GSL_DBL_EPSILON;

double squared_error(double x_0, double eps, const setting *w)
{
    const double arg[] = {x_0, eps};
    const double eps_hat = w->c * (w->jump(w->s, w->t, arg) - sqrt(w->s->alpha_bar[w->t]) * w->p.m);
    return gsl_pow_2(eps - eps_hat);
}

static double best_loss(misprint_formula jump, const schedule *s, size_t t, normal_data p)
{
    const setting w = {.s = s, .t = t, .p = p, .c = slope(s, t, p), .jump = jump};
    return expect(squared_error, &w);
}

/* The weight of x_0 in mu_tilde as a share of precisions:
 *      sqrt(abar_{t-1}) / (1 + alpha_t (1-abar_{t-1})/beta_t). */
static double share(const schedule *s, size_t t)
{
    return sqrt(s->alpha_bar[t - 1]) / (1.0 + s->alpha[t] * s->var_bar[t - 1] / s->beta[t]);
}

/* Step t of the bound with x_fed in place of x_t: mu_tilde - mu_theta = share (x_0 - x_0_hat). */
double divergence(double x_0, double eps, const setting *w)
{
    const double root = sqrt(w->s->alpha_bar[w->t]),
                 V = w->s->alpha_bar[w->t] * w->p.v + w->s->var_bar[w->t];
    const double x = own_jump(w->s, w->fed, (double[]){x_0, eps});
    const double x_0_hat = w->p.m + root * w->p.v / V * (x - root * w->p.m);
    return gsl_pow_2(share(w->s, w->t) * (x_0 - x_0_hat)) / (2.0 * w->sigma2);
}

/* --- 14.1  The definition -------------------------------------------------------------------- */
static gap losses(misprint_formula jump)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            gap_add(&g, t, best_loss(jump, schedules[k], t, generic),
                    least(schedules[k], t, generic), loss_rounding);
    return g;
}

/* x_0 - x_0_hat is of size sqrt(1-abar_t) at small t: its roundings grow by the inverse. */
static gap weighted_losses(misprint_formula weight)
{
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const schedule *s = schedules[k];
            const setting w = {.s = s,
                               .t = t,
                               .fed = t,
                               .p = generic,
                               .sigma2 = t % 2 ? s->beta[t] : s->beta_tilde[t]};
            const double kl = expect(divergence, &w);
            gap_add(&g, t, weight(s, t, &w.sigma2) * least(s, t, generic), kl,
                    32 * ulp * (2.0 + 1.0 / sqrt(s->var_bar[t])) * kl);
        }
    return g;
}

/* The same comparison for a quantity of the misprint table, then for all that imitates it. */
static void all_imitations(lesson *L, const char *quantity, const char *what,
                           gap (*compare)(misprint_formula))
{
    const misprint_quantity *q = misprint_quantity_find(quantity);
    const gap right = compare(q->value);
    road_gap(L, q->function, what, &right);
    for (const misprint *m = NULL; (m = misprint_next(quantity, m));) {
        const gap wrong = compare(m->value);
        control_gap(L, m->what, &wrong);
    }
}

double bound(const schedule *s, normal_data p, size_t first)
{
    double sum = 0.0;
    for (size_t t = first; t <= s->T; t++) sum += weight_eps(s, t, s->beta[t]) * least(s, t, p);
    return sum;
}

static void the_definition(lesson *L)
{
    claim(L, "SIM-01");
    const schedule *s = schedules[S10]; /* coarse: a missing t = 1 would be seen */
    moments m = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double batch = 0.0; /* 8 draws: one alone is too skewed for a z test */
        for (int i = 0; i < 8; i++) {
            const size_t t = 1 + gsl_rng_uniform_int(lesson_rng(L), s->T);
            const double u = gsl_ran_gaussian_ziggurat(lesson_rng(L), sqrt(generic.v));
            const setting w = {s, t, t, generic, slope(s, t, generic), 0.0, own_jump};
            const double eps = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            batch += squared_error(generic.m + u, eps, &w) / 8.0;
        }
        moments_add(&m, batch);
    }
    road_mean(L, NULL, "batches of 8 drawn t, x_0, eps: the mean, S10", &m,
              mean_least(S10, generic, 1));
    control_mean(L, "t drawn from 2..T", &m, mean_least(S10, generic, 2), 30.0);
    if (lesson_random_only(L)) return;
    s = schedules[L1000];
    all_imitations(L, "forward_jump", "loss of the best predictor, all t, 4 schedules", losses);
    all_imitations(L, "weight_eps", "w_t times that loss is step t of the bound", weighted_losses);
    const double simple = mean_least(L1000, unit, 1), kept = bound(s, unit, 1) / 1000.0;
    control(L, "weights kept: the bound divided by T", kept, simple, 1000 * ulp);
    road(L, NULL, "docs/claims.tsv: optimum for N(0,1), L1000", simple, 0.27551, 0.5e-5);
    road(L, NULL, "docs/claims.tsv: optimum, S50", mean_least(S50, unit, 1), 0.26651, 0.5e-5);
    evidence(L, "optimum for N(0,1): %.6f (L1000), %.6f (S50)", simple, mean_least(S50, unit, 1));
}

/* --- 14.2  Which t -----------------------------------------------------------------------------
 * The network stands in T terms of the bound: the KLs of t = 2..T and the decoder, t = 1.  And the
 * sampler asks for eps_theta(., t) at t = T, ..., 1. */
static void count_call(double *eps_hat, const double *x_t, size_t t, size_t D, void *calls)
{
    ((size_t *)calls)[t]++;
    for (size_t d = 0; d < D; d++) eps_hat[d] = 0.3 * x_t[d];
}

static void which_t(lesson *L)
{
    claim(L, "SIM-02");
    static const double known[][2] = {{0.4827, 0.4263}, {0.2665, 0.2516}, {0.275513, 0.274788}};
    gap right = {0}, from_two = {0}, w_1 = {0}, half = {0}, ledger = {0};
    size_t calls[1001], missed = 0, cases = 0;
    for (size_t k = S10; k <= L1000; k++) {
        const schedule *s = schedules[k];
        const denoiser net = {count_call, memset(calls, 0, sizeof calls)};
        const double T = (double)s->T, tolerance = loss_rounding + T * ulp;
        double x[1], eps_hat[1], called = 0.0;
        sampler_ancestral(x, eps_hat, 1, s, &net, SIGMA_BETA, lesson_rng(L));
        for (size_t t = 0; t <= s->T; t++, cases++) {
            missed += calls[t] != (t > 0);
            called += (double)calls[t] *
                      best_loss(misprint_quantity_find("forward_jump")->value, s, t, unit) / T;
        }
        gap_add(&right, s->T, called, mean_least(k, unit, 1), tolerance);
        gap_add(&from_two, s->T, mean_least(k, unit, 2), mean_least(k, unit, 1), tolerance);
        gap_add(&ledger, s->T, mean_least(k, unit, 1), known[k][0], k == L1000 ? 1e-6 : 1e-4);
        gap_add(&ledger, s->T, mean_least(k, unit, 2), known[k][1], k == L1000 ? 1e-6 : 1e-4);
        /* At t = 1: the decoder's |x_0 - x_0_hat|^2 / (2 beta_1); roundings as above. */
        const setting w = {.s = s, .t = 1, .fed = 1, .p = generic, .sigma2 = s->beta[1]};
        const double reference = expect(divergence, &w) / least(s, 1, generic);
        gap_add(&w_1, s->T, weight_eps(s, 1, s->beta[1]), reference,
                32 * ulp * (2.0 + 1.0 / sqrt(s->beta[1])));
        gap_add(&half, s->T, 0.5, reference, 32 * ulp * (2.0 + 1.0 / sqrt(s->beta[1])));
    }
    printed_gap(L, "L_simple over t = 2..T", &from_two);
    road_gap(L, "forward_jump", "mean loss over the t that the sampler uses", &right);
    road_all(L, NULL, "it calls eps_theta once at each of t = 1..T", missed, cases);
    road_gap(L, "weight_eps", "t = 1 is in the bound: w_1 from the decoder", &w_1);
    control_gap(L, "w_1 = 1/2 for 1/(2 alpha_1)", &half);
    road_gap(L, NULL, "docs/claims.tsv: six numbers", &ledger);
    evidence(L, "U{1..T} against U{2..T} for N(0,1): %.4f/%.4f (S10), %.6f/%.6f (L1000)",
             mean_least(S10, unit, 1), mean_least(S10, unit, 2), mean_least(L1000, unit, 1),
             mean_least(L1000, unit, 2));
}

/* An interval cannot index abar.  Rounded to integers, U[1,T] gives its two ends half a share. */
static void an_interval(lesson *L)
{
    claim(L, "SIM-03");
    const size_t n = lesson_samples(L, 40000), T = 10;
    size_t last = 0, rounded = 0, second = 0;
    for (size_t i = 0; i < n; i++) {
        last += 1 + gsl_rng_uniform_int(lesson_rng(L), T) == T;
        const long t = lround(gsl_ran_flat(lesson_rng(L), 1.0, (double)T));
        rounded += t == (long)T;
        second += t == 2;
    }
    const double full = 1.0 / (double)(T - 1), half = 0.5 * full;
    road_count(L, NULL, "share of t = T among the integers 1..T", last, n, 0.1);
    printed_count(L, "U[1,T] rounded: t = T has the share 1/T", rounded, n, 0.1, 29.6);
    road_count(L, NULL, "it has half a share, 1/(2(T-1))", rounded, n, half);
    road_count(L, NULL, "and t = 2 a whole one, 1/(T-1)", second, n, full);
    if (lesson_random_only(L)) return;
    evidence(L, "T = 10: t = T has share 0.1; the interval, rounded, gave it %.4f (exactly %.4f)",
             (double)rounded / (double)n, half);
}

/* --- 14.3  The four-line trainer ---------------------------------------------------------------
 * i = randint(0, T) is one of 0 .. T-1: it meets the T entries abar_first .. abar_{first+T-1}. */
static double trainer(size_t k, normal_data p, size_t first)
{
    double sum = 0.0;
    for (size_t i = 0; i < schedules[k]->T; i++)
        sum += best_loss(own_jump, schedules[k], first + i, p);
    return sum / (double)schedules[k]->T;
}

static void the_array(lesson *L)
{
    claim(L, "SIM-04");
    gap right = {0}, shifted = {0}, ledger = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const double exact = mean_least(k, generic, 1),
                     tolerance = loss_rounding + (double)schedules[k]->T * ulp;
        gap_add(&right, schedules[k]->T, trainer(k, generic, 1), exact, tolerance);
        gap_add(&shifted, schedules[k]->T, trainer(k, generic, 0), exact, tolerance);
    }
    road_gap(L, NULL, "abar[0] = abar_1: the code averages over 1..T", &right);
    control_gap(L, "abar[0] = 1: t = 0 useless, t = T never trained", &shifted);
    gap_add(&ledger, 10, trainer(S10, unit, 0), 0.5785, 0.5e-4);
    gap_add(&ledger, 50, trainer(S50, unit, 0), 0.2865, 0.5e-4);
    road_gap(L, NULL, "docs/claims.tsv: values for abar[0] = 1", &ledger);
    evidence(L, "N(0,1), abar[0] = 1: %.4f instead of %.4f (S10), %.4f instead of %.4f (S50)",
             trainer(S10, unit, 0), mean_least(S10, unit, 1), trainer(S50, unit, 0),
             mean_least(S50, unit, 1));
}

double point(size_t i)
{
    return gsl_cdf_ugaussian_Pinv(fmod(0.137 + 0.6180339887498949 * (double)(i + 1), 1.0));
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 14, "L_simple: what is averaged over what");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    section(L, "14.1  The definition");
    the_definition(L);
    section(L, "14.2  Which t");
    if (!lesson_random_only(L)) which_t(L);
    an_interval(L);
    section(L, "14.3  The four-line trainer");
    if (!lesson_random_only(L)) the_array(L);
    if (!lesson_random_only(L)) mean_or_norm(L);
    section(L, "14.4  One random t for the whole sum");
    one_random_t(L);
    if (!lesson_random_only(L)) one_x_for_all(L);
    section(L, "14.5  The network must know t");
    if (!lesson_random_only(L)) blind(L);
    if (!lesson_random_only(L)) embeddings(L);
    section(L, "14.6  Seven steps, run");
    training(L);
    if (!lesson_random_only(L)) weights_dropped(L);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
