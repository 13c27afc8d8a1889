/* Lesson 15.  What an optimal denoiser does
 * -----------------------------------------
 * CLAIM   A perfect network returns eps* = E[eps|x_t]; with x_0_hat = E[x_0|x_t] it satisfies
 *             x_t = sqrt(abar_t) x_0_hat + sqrt(1-abar_t) eps*,
 *         and so the two errors are the same thing seen twice:  MMSE_eps = SNR(t) MMSE_{x_0}.
 * WHY     It is the floor under every loss curve of lessons 20 to 24, and what "easy t" means.
 * NEEDS   lessons 2, 11, 12, 14.   Notes: docs/lesson15.md
 * RUN     make lesson15   FIGURE  build/figures/lesson15.png, lesson15_widget.png
 *
 * Data: 8 bumps of sd 0.05 on the unit circle.  The values come from src/theory/mixture.h, the
 * references from this lesson's own few lines about the ring, integrated over the plane by
 * another rule, and from draws.  Part b puts every function of mixture.h against Bayes' rule;
 * part c has the ring itself; part d the two errors. */
#include <math.h>

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_bessel.h>

#include "lesson15.h"

static const char *const names[] = {"S10", "S50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];
mixture *ring;
static mixture *offset_ring;
static const double ulp = GSL_DBL_EPSILON;

const size_t seen_t[SEEN] = {1, 10, 50, 100, 200, 400, 1000};

/* --- What src/theory says, as functions on the plane ------------------------------------------ */
static double variance_at(const double *x, const view *seen, level v, void *params)
{
    (void)seen, (void)v;
    const asked *a = params;
    return mixture_var_x0(a->m, a->s, a->t, x);
}

/* |eps* - a x_t|^2 per coordinate; with a = 0, 1 minus its mean is MMSE_eps. */
double noise_square_at(const double *x, const view *seen, level v, void *params)
{
    (void)seen, (void)v;
    const asked *a = params;
    double eps_hat[2];
    mixture_mean_eps(eps_hat, a->m, a->s, a->t, x);
    return 0.5 * (gsl_pow_2(eps_hat[0] - a->rule * x[0]) + gsl_pow_2(eps_hat[1] - a->rule * x[1]));
}

/* |x_0_hat - (from, 0)|^2. */
static double collapse_at(const double *x, const view *seen, level v, void *params)
{
    (void)seen, (void)v;
    const asked *a = params;
    double x_0_hat[2];
    mixture_mean_x0(x_0_hat, a->m, a->s, a->t, x);
    return gsl_pow_2(x_0_hat[0] - a->from) + gsl_pow_2(x_0_hat[1]);
}

/* ln q(x_t)/N(x_t; 0, I), from src/theory or (own) from the lesson's view. */
static double log_ratio_at(const double *x, const view *seen, level v, void *params)
{
    (void)v;
    const asked *a = params;
    const double log_q = a->own ? log(seen->q) : mixture_log_pdf_t(a->m, a->s, a->t, x);
    return log_q + 0.5 * (x[0] * x[0] + x[1] * x[1]) + log(2.0 * M_PI);
}

/* tr Cov(x_0|x_t)^2. */
static double cov_square_at(const double *x, const view *seen, level v, void *params)
{
    (void)seen, (void)v;
    const asked *a = params;
    double c[4];
    mixture_cov_x0(c, a->m, a->s, a->t, x);
    return c[0] * c[0] + 2.0 * c[1] * c[2] + c[3] * c[3];
}

/* E |x_0_hat - x_0| given x_t: x_0 is one of 8 round bumps around m_k(x_t), and the mean
 * distance of a round Gaussian of sd s from a point nu away is that of the Rice law (z = nu^2/(2
 * s^2)):
 *      s sqrt(pi/2) e^(-z/2) [(1+z) I_0(z/2) + z I_1(z/2)]. */
static double distance_at(const double *x, const view *seen, level v, void *params)
{
    const asked *a = params;
    const double total = v.root * v.root * ring_var + v.spread, var = ring_var * v.spread / total;
    double x_0_hat[2], sum = 0.0;
    mixture_mean_x0(x_0_hat, a->m, a->s, a->t, x);
    for (size_t k = 0; k < MODES; k++) {
        double square = 0.0;
        for (size_t d = 0; d < 2; d++)
            square +=
                gsl_pow_2((v.spread * mode(k, d) + v.root * ring_var * x[d]) / total - x_0_hat[d]);
        const double z = 0.5 * square / var;
        sum +=
            seen->share[k] * sqrt(0.5 * M_PI * var) *
            ((1.0 + z) * gsl_sf_bessel_I0_scaled(0.5 * z) + z * gsl_sf_bessel_I1_scaled(0.5 * z));
    }
    return sum;
}

double integral(const schedule *s, size_t t, plane_function f, double *abserr)
{
    asked a = {.m = ring, .s = s, .t = t};
    return over_plane(level_of(s, t), 0.0, f, &a, abserr);
}

/* mean |x_0_hat - x_0|, the third read-out of the widget. */
static double readout(const schedule *s, size_t t)
{
    return integral(s, t, distance_at, NULL);
}

double own[1001], own_error[SEEN], x0[SEEN], x0_error[SEEN], eps[SEEN], eps_error[SEEN];

double snr(size_t t)
{
    return schedules[L1000]->alpha_bar[t] / schedules[L1000]->var_bar[t];
}

static void prepare(bool random_only)
{
    const schedule *s = schedules[L1000];
    for (size_t t = 1; t <= 1000; t++) own[t] = own_mmse(level_of(s, t), NULL);
    for (size_t i = 0; i < SEEN; i++) {
        if (random_only && seen_t[i] != 100) continue; /* the one t that is drawn */
        own[seen_t[i]] = own_mmse(level_of(s, seen_t[i]), &own_error[i]);
        x0[i] = integral(s, seen_t[i], variance_at, &x0_error[i]);
        eps[i] = 1.0 - integral(s, seen_t[i], noise_square_at, &eps_error[i]);
    }
}

/* --- 15.2  Small t and large t -------------------------------------------------------------------
 * Draws of |x_0_hat - x_0| with the lesson's own denoiser; shuffled: x_t belongs to another x_0. */
static moments distances(lesson *L, const schedule *s, size_t t, bool shuffled)
{
    moments m = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        const drawn a = draw(level_of(s, t), lesson_rng(L));
        const drawn b = shuffled ? draw(level_of(s, t), lesson_rng(L)) : a;
        moments_add(&m, hypot(b.seen.x_0_hat[0] - a.x_0[0], b.seen.x_0_hat[1] - a.x_0[1]));
    }
    return m;
}

static void small_t(lesson *L)
{
    claim(L, "ORA-02");
    const schedule *s = schedules[L1000];
    const double at_1 = readout(s, 1), at_100 = readout(s, 100);
    const moments near = distances(L, s, 1, false), far = distances(L, s, 100, false);
    road_mean(L, "mixture_mean_x0", "mean |x_0_hat - x_0|, t = 1: quadrature, draws", &near, at_1);
    road_mean(L, "mixture_mean_x0", "the same at t = 100", &far, at_100);
    if (lesson_random_only(L)) return;
    const double coarse = readout(schedules[S50], 1);
    road_below(L, "mixture_mean_x0", "L1000, t = 1: below 2 percent of the radius", at_1, 0.02,
               0.0);
    control_below(L, "L1000, t = 100", at_100, 0.02, 0.0);
    control_below(L, "S50, t = 1: its first step is large", coarse, 0.02, 0.0);
    road(L, NULL, "docs/claims.tsv: 0.0123", at_1, 0.0123, 1e-4);
    road(L, NULL, "docs/claims.tsv: 0.042", coarse, 0.042, 1e-3);
    evidence(L, "mean |x_0_hat - x_0|: %.4f (L1000, t = 1), %.3f (t = 100), %.3f (S50, t = 1)",
             at_1, at_100, coarse);
}

static double fourth_power(double x, void *unused)
{
    (void)unused;
    return gsl_pow_4(x);
}

/* E x_t^4 = abar^2 E x_0^4 + 6 abar (1-abar) E x_0^2 + 3 (1-abar)^2, for two bumps of variance 0.07
 * at +-1, where E x_0^4 = 1 + 6 v + 3 v^2, and for three unequal ones. */
static gap fourth_moments(double of_noise)
{
    static const double v = 0.07;
    gap g = {0};
    mixture *pair = mixture_pair_alloc(v), *three = worlds[0];
    double second = 0.0, fourth = 0.0;
    for (size_t k = 0; k < three->K; k++) {
        const double u = gsl_pow_2(three->mean[k]), w = three->var[k];
        second += three->weight[k] * (u + w);
        fourth += three->weight[k] * (u * u + 6.0 * u * w + 3.0 * w * w);
    }
    for (size_t k = 0; pair && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double abar = schedules[k]->alpha_bar[t], noise = schedules[k]->var_bar[t];
            const double a = abar * abar, b = 6.0 * abar * noise, c = of_noise * noise * noise;
            const double exact[2] = {a * (1.0 + 6.0 * v + 3.0 * v * v) + b * (1.0 + v) + c,
                                     a * fourth + b * second + c};
            for (int i = 0; i < 2; i++)
                gap_add(
                    &g, t,
                    mixture_expectation(i ? three : pair, schedules[k], t, fourth_power, NULL, 5),
                    exact[i], 64 * ulp * exact[i]);
        }
    mixture_free(pair);
    return g;
}

static void large_t(lesson *L)
{
    claim(L, "ORA-03");
    const schedule *s = schedules[L1000];
    const double at_T = readout(s, 1000);
    const moments m = distances(L, s, 1000, false);
    road_mean(L, "mixture_mean_x0", "mean |x_0_hat - x_0|, t = T: quadrature, draws", &m, at_T);
    if (lesson_random_only(L)) return;
    /* Total variance: E|x_0_hat - mean|^2 = E|x_0 - mean|^2 - 2 MMSE, and MMSE does not see the
     * offset. */
    const double exact = 1.0 + 2.0 * ring_var - 2.0 * own[1000];
    asked a = {.m = offset_ring, .s = s, .t = 1000, .from = 3.0};
    double error, ratio_error;
    const double collapse = over_plane(level_of(s, 1000), 3.0, collapse_at, &a, &error);
    a.from = 0.0;
    const double origin = over_plane(level_of(s, 1000), 3.0, collapse_at, &a, NULL);
    a = (asked){.m = ring, .s = s, .t = 1000};
    const double ratio = over_plane(level_of(s, 1000), 0.0, log_ratio_at, &a, &ratio_error);
    a.own = true;
    const double own_ratio = over_plane(level_of(s, 1000), 0.0, log_ratio_at, &a, NULL);
    a.t = 400;
    const double halfway = over_plane(level_of(s, 400), 0.0, log_ratio_at, &a, NULL);
    const gap right = fourth_moments(3.0), wrong = fourth_moments(1.0);
    road(L, "mixture_mean_x0", "ring at (3,0): E|x_0_hat - (3,0)|^2 at T", collapse, exact,
         error + 2.0 * own_error[SEEN - 1]);
    control(L, "collapse to the origin, E|x_0_hat|^2", origin, exact,
            error + 2.0 * own_error[SEEN - 1]);
    road(L, "mixture_log_pdf_t", "KL(q(x_T)||N(0,I)) of the ring, two roads", ratio, own_ratio,
         ratio_error);
    road_below(L, "mixture_log_pdf_t", "which is nothing: x_T is Gaussian", ratio, 1e-8, 0.0);
    control_below(L, "the same at t = 400", halfway, 1e-8, 0.0);
    road_gap(L, "mixture_expectation", "E x_t^4 of two and of three bumps, all t", &right);
    control_gap(L, "kurtosis of the noise 1 for 3", &wrong);
    road(L, NULL, "docs/claims.tsv: 0.0045", sqrt(collapse), 0.0045, 1e-4);
    evidence(L,
             "t = T: rms |x_0_hat - mean| %.4f, also around (3,0); mean |x_0_hat - x_0| %.4f; KL "
             "%.1e nats",
             sqrt(collapse), at_T, ratio);
}

/* --- 15.3  Growth with t ----------------------------------------------------------------------
 * In y = sqrt(snr) x_0 + eps:  d MMSE/d snr = -E tr Cov(x_0|y)^2 <= 0   (Guo, Wu, Shamai, Verdu
 * 2011), and the SNR falls with t.  The left side below is a difference quotient of the lesson's
 * own MMSE. */
static double mmse_of_snr(double ratio, void *params)
{
    (void)params;
    return 2.0 * own_mmse((level){sqrt(ratio), 1.0}, NULL);
}

static void growth(lesson *L)
{
    claim(L, "ORA-04");
    const schedule *s = schedules[L1000];
    const moments shuffled = distances(L, s, 1, true);
    control_mean(L, "x_t of another x_0, at t = 1", &shuffled, readout(s, 1), 204);
    if (lesson_random_only(L)) return;
    size_t falls = 0, read_falls = 0, eps_falls = 0, reads = 0;
    for (size_t t = 2; t <= 1000; t++) {
        falls += own[t] <= own[t - 1];
        eps_falls += snr(t) * own[t] <= snr(t - 1) * own[t - 1];
    }
    double before = 0.0;
    for (size_t t = 1; t <= 1000; t += t < 10 ? 3 : t < 100 ? 15 : 75, reads++) {
        const double now = readout(s, t);
        read_falls += now <= before;
        before = now;
    }
    gap slope = {0};
    for (size_t i = 1; i < 6; i++) {
        gsl_function f = {mmse_of_snr, NULL};
        double derivative, error, quad_error;
        const double h = 0.05 * snr(seen_t[i]),
                     value = -integral(s, seen_t[i], cov_square_at, &quad_error);
        gsl_deriv_central(&f, snr(seen_t[i]), h, &derivative, &error);
        /* gsl may divide the roundings of the MMSE by a step 100 times as small. */
        gap_add(&slope, seen_t[i], value, derivative,
                error + quad_error + 200.0 * own_error[i] / h);
    }
    road_all(L, NULL, "MMSE of x_0 grows at every t of L1000", falls, 999);
    road_all(L, "mixture_mean_x0", "and so does the read-out, on a grid of t", read_falls, reads);
    road_gap(L, "mixture_cov_x0", "why: d MMSE/d SNR = -E tr Cov(x_0|x_t)^2", &slope);
    control_all(L, "MMSE of eps grows at every t", eps_falls, 999);
    evidence(L, "read-out %.4f at t = 1, %.4f at T; MMSE grows at all %d t", readout(s, 1),
             readout(s, 1000), 999);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 15, "What an optimal denoiser does");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(names[k]))) return 2;
    ring = mixture_ring_alloc(MODES, 1.0, ring_var, 0.0);
    offset_ring = mixture_ring_alloc(MODES, 1.0, ring_var, 3.0);
    if (!ring || !offset_ring || !worlds_alloc()) return 2;
    prepare(lesson_random_only(L));
    section(L, "15.1  The oracle, by Bayes' rule");
    the_oracle(L);
    section(L, "15.2  Small t and large t");
    small_t(L);
    large_t(L);
    section(L, "15.3  The x_0 error grows with t");
    growth(L);
    section(L, "15.4  Which t is work, which t is easy");
    the_work(L);
    if (!lesson_random_only(L)) which_is_easy(L);
    section(L, "15.5  Two errors, one equation");
    one_equation(L);
    if (!lesson_random_only(L)) hallucination(L);
    if (!lesson_random_only(L)) noise_direction(L);
    if (!lesson_random_only(L)) draw_figures(L);
    worlds_free();
    mixture_free(ring);
    mixture_free(offset_ring);
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
