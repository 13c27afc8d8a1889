/* Lesson 15, part d.  Which t is work, which t is easy, and why the two errors are one. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson15.h"
#include "theory/weight.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 15.4  Where the work is ------------------------------------------------------------------ */
static double share_of_simple(void)
{
    double middle = 0.0, sum = 0.0;
    for (size_t t = 1; t <= 1000; t++) {
        sum += snr(t) * own[t];
        if (t >= 200 && t <= 700) middle += snr(t) * own[t];
    }
    return middle / sum;
}

/* Share of t = 200..700 in the bound (sigma_t^2 = beta_tilde_t, t >= 2): w_t MMSE_eps, or the
 * drop of the SNR times half of MMSE_{x_0}, which never mentions w_t. */
static double share_of_bound(bool by_weight)
{
    const schedule *s = schedules[L1000];
    double middle = 0.0, sum = 0.0;
    for (size_t t = 2; t <= 1000; t++) {
        const double term = by_weight ? weight_eps(s, t, s->beta_tilde[t]) * snr(t) * own[t]
                                      : 0.5 * (snr(t - 1) - snr(t)) * own[t];
        sum += term;
        if (t >= 200 && t <= 700) middle += term;
    }
    return middle / sum;
}

void the_work(lesson *L)
{
    claim(L, "ORA-05");
    const double share = share_of_simple();
    moments m = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double batch = 0.0; /* 10 draws: one alone is too skewed for a z test */
        for (int i = 0; i < 10; i++) {
            const size_t t = 1 + gsl_rng_uniform_int(lesson_rng(L), 1000);
            const level v = level_of(schedules[L1000], t);
            const drawn a = draw(v, lesson_rng(L));
            batch += 0.1 * noise_error(v, &a) * ((t >= 200 && t <= 700) - share);
        }
        moments_add(&m, batch);
    }
    road_mean(L, NULL, "L_simple: draws, minus the share of t = 200..700", &m, 0.0);
    if (lesson_random_only(L)) return;
    const double grown = (x0[5] - x0[2]) / (x0[6] - x0[0]),
                 own_grown = (own[400] - own[50]) / (own[1000] - own[1]);
    const double error =
        (x0_error[5] + x0_error[2] + own_error[5] + own_error[2]) / (own[1000] - own[1]) * 2.0;
    /* SNR(t-1) - SNR(t) loses a factor SNR/(its step) < 200 to cancellation. */
    road(L, "mixture_var_x0", "growth of the x_0 error from t = 50 to 400", grown, own_grown,
         error);
    road_below(L, "mixture_var_x0", "is most of it: above 80 percent", 0.8, grown, 0.0);
    road(L, "weight_eps", "share of t = 200..700 in the bound: w_t, SNR", share_of_bound(true),
         share_of_bound(false), 200 * 16 * ulp);
    control_below(L, "work = share of L_simple: half of t holds 60 percent", 0.6, share, 0.0);
    control_below(L, "work = share of the bound", 0.6, share_of_bound(true), 0.0);
    evidence(L,
             "t = 50..400: %.0f percent of the growth; t = 200..700: %.3f of L_simple, %.3f of the "
             "bound",
             100.0 * grown, share, share_of_bound(true));
}

/* N(0,1) data, the mixture with one component: x_0 is hard where eps is easy. */
static gap unit_errors(bool exchanged)
{
    gap g = {0};
    mixture *m = mixture_alloc(1, 1);
    for (size_t k = 0; m && k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double x = 0.731 - 0.01 * (double)(t % 50);
            const double expected =
                exchanged ? schedules[k]->alpha_bar[t] : schedules[k]->var_bar[t];
            gap_add(&g, t, mixture_var_x0(m, schedules[k], t, &x), expected, 8 * ulp * expected);
        }
    mixture_free(m);
    return g;
}

void which_is_easy(lesson *L)
{
    claim(L, "ORA-06");
    gap noise = {0};
    size_t rises = 0;
    for (size_t i = 0; i < SEEN; i++) {
        gap_add(&noise, seen_t[i], eps[i], snr(seen_t[i]) * own[seen_t[i]],
                eps_error[i] + snr(seen_t[i]) * own_error[i]);
        rises += i > 0 && eps[i] > eps[i - 1];
    }
    const gap unit = unit_errors(false), exchanged = unit_errors(true);
    printed_below(L, "\"large t is easy\", asked about x_0: T below t = 1", x0[6], x0[0], 0.0);
    printed_below(L, "\"small t is trivial\", asked about eps: 1 below T", eps[0], eps[6], 0.0);
    road_below(L, "mixture_var_x0", "x_0: the error at t = 1 is below that at T", x0[0], x0[6],
               0.0);
    road_below(L, "mixture_mean_eps", "eps: the error at T is below that at t = 1", eps[6], eps[0],
               0.0);
    road_gap(L, "mixture_var_x0", "N(0,1): MMSE_{x_0} = 1 - abar_t (eps: abar_t)", &unit);
    control_gap(L, "the two targets exchanged", &exchanged);
    road_gap(L, "mixture_mean_eps", "ring: MMSE_eps at seven t, two roads", &noise);
    control_all(L, "on the ring the eps error falls from t to t", rises, SEEN - 1);
    road(L, NULL, "docs/claims.tsv: 0.288 at t = 50", eps[2], 0.288, 1e-3);
    evidence(L,
             "ring, L1000, MMSE_eps/D: %.3f (t=1), %.3f (10), %.3f (50), %.3f (100), %.3f (200), "
             "%.3f (400), %.1e (T)",
             eps[0], eps[1], eps[2], eps[3], eps[4], eps[5], eps[6]);
}

/* --- 15.5  Two errors, one equation ----------------------------------------------------------- */
void one_equation(lesson *L)
{
    claim(L, "ORA-07");
    const level v = level_of(schedules[L1000], 100);
    moments m = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        double batch = 0.0;
        for (int i = 0; i < 10; i++) {
            const drawn a = draw(v, lesson_rng(L));
            batch += 0.1 * noise_error(v, &a);
        }
        moments_add(&m, batch);
    }
    road_mean(L, "mixture_mean_eps", "MMSE_eps at t = 100: quadrature, draws", &m, eps[3]);
    if (lesson_random_only(L)) return;
    gap right = {0}, root = {0};
    for (size_t i = 0; i < SEEN; i++) {
        const double ratio = snr(seen_t[i]), tolerance = eps_error[i] + ratio * x0_error[i];
        gap_add(&right, seen_t[i], eps[i], ratio * x0[i], tolerance);
        gap_add(&root, seen_t[i], eps[i], sqrt(ratio) * x0[i], tolerance);
    }
    road_gap(L, "mixture_mean_eps", "1 - E|eps*|^2 = SNR E Var(x_0|x_t), seven t", &right);
    control_gap(L, "sqrt(SNR) for SNR", &root);
    evidence(L, "t = 100 of L1000: MMSE_eps %.5f = SNR %.4f x MMSE_x0 %.6f; draws %.4f", eps[3],
             snr(100), x0[3], m.mean);
}

void hallucination(lesson *L)
{
    claim(L, "ORA-08");
    const double data_variance = 0.5 + ring_var;
    gap mean = {0};
    for (size_t i = 0; i < SEEN; i++)
        gap_add(&mean, seen_t[i], x0[i], own[seen_t[i]], x0_error[i] + own_error[i]);
    the_posterior_variance_pointwise(L);
    road_gap(L, "mixture_var_x0", "ring: E Var(x_0|x_t), and by total variance", &mean);
    road_below(L, "mixture_var_x0", "at T it is 99.99 percent of the data's variance",
               0.9999 * data_variance, x0[6], 0.0);
    control_below(L, "at T below half of the data's variance", x0[6], 0.5 * data_variance, 0.0);
    evidence(L, "posterior variance per coordinate: %.1e (t = 1) to %.4f (T); the data have %.4f",
             x0[0], x0[6], data_variance);
}

/* eps_hat = sqrt(1-abar_t) x_t leaves abar_t^2 + (1-abar_t) abar_t E x_0^2 per coordinate, and
 * the part of it that eps* would not leave is E|eps* - sqrt(1-abar_t) x_t|^2. */
void noise_direction(lesson *L)
{
    claim(L, "ORA-09");
    const schedule *s = schedules[L1000];
    gap right = {0}, wrong = {0};
    double left[SEEN];
    for (size_t i = 0; i < SEEN; i++) {
        const size_t t = seen_t[i];
        asked a = {.m = ring, .s = s, .t = t, .rule = sqrt(s->var_bar[t])};
        double error;
        const double excess = over_plane(level_of(s, t), 0.0, noise_square_at, &a, &error);
        left[i] = gsl_pow_2(s->alpha_bar[t]) + s->var_bar[t] * s->alpha_bar[t] * (0.5 + ring_var);
        gap_add(&right, t, excess, left[i] - snr(t) * own[t], error + snr(t) * own_error[i]);
        a.rule = s->var_bar[t];
        gap_add(&wrong, t, over_plane(level_of(s, t), 0.0, noise_square_at, &a, NULL),
                left[i] - snr(t) * own[t], error + snr(t) * own_error[i]);
    }
    road_gap(L, "mixture_mean_eps", "distance of eps* from sqrt(1-abar_t) x_t, seven t", &right);
    control_gap(L, "(1-abar_t) x_t for sqrt(1-abar_t) x_t", &wrong);
    road_below(L, "mixture_mean_eps", "T: eps* leaves less than 0.003 percent", eps[6], 3e-5, 0.0);
    road_below(L, NULL, "T: the rule leaves less than 0.01 percent", left[6], 1e-4, 0.0);
    control_below(L, "t = 1: the rule leaves less than half", left[0], 0.5, 0.0);
    evidence(L,
             "explained at T: eps* %.3f percent, the rule %.3f; at t = 1: eps* %.1f, the rule %.3f",
             100.0 * (1.0 - eps[6]), 100.0 * (1.0 - left[6]), 100.0 * (1.0 - eps[0]),
             100.0 * (1.0 - left[0]));
}
