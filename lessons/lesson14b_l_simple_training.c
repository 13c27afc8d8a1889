/* Lesson 14, part b.  One random t for the whole sum, and why the network must know t. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "check/quad.h"
#include "lesson14.h"
#include "theory/linear.h"
#include "theory/weight.h"

static const double ulp = GSL_DBL_EPSILON;

/* --- 14.4  One random t for the whole sum -----------------------------------------------------
 *      E_{t ~ U{1..T}} [ T w_t l_t ]  =  sum_t (1/T) T w_t E l_t  =  sum_t w_t E l_t.
 * The estimator below weights with |mu_tilde - mu_theta|^2/(2 beta_t) and has never heard of
 * w_t. */
void one_random_t(lesson *L)
{
    claim(L, "SIM-06");
    const schedule *s = schedules[S10];
    moments estimate = {0};
    for (size_t n = lesson_samples(L, 20000); n > 0; n--) {
        double batch = 0.0; /* 8 draws: one alone is too skewed for a z test */
        for (int i = 0; i < 8; i++) {
            const size_t t = 1 + gsl_rng_uniform_int(lesson_rng(L), s->T);
            const setting w = {.s = s, .t = t, .fed = t, .p = unit, .sigma2 = s->beta[t]};
            const double x_0 = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            const double eps = gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
            batch += (double)s->T * divergence(x_0, eps, &w) / 8.0;
        }
        moments_add(&estimate, batch);
    }
    const double exact = bound(s, unit, 1);
    road_mean(L, "weight_eps", "T w_t l_t at one random t estimates the sum", &estimate, exact);
    control_mean(L, "the factor T forgotten", &estimate, exact / (double)s->T, 178);
    if (lesson_random_only(L)) return;
    road(L, NULL, "docs/claims.tsv: sum for N(0,1), S10", exact, 1.9262, 0.5e-4);
    say(L,
        "One call of the network per estimate, %zu for the whole sum; the price is noise: the "
        "standard deviation of a single estimate is %.2f, on a sum of %.2f.",
        s->T, sqrt(8.0 * moments_variance(&estimate)), exact);
    evidence(L, "S10, N(0,1): %.4f +- %.4f from 160000 random t (batches of 8), exact %.4f",
             estimate.mean, moments_se(&estimate), exact);
}

/* The first Training box of the slides, literally: one x_fed in all KL terms (fed = 0: the right
 * x_t in each). */
static double box(const schedule *s, size_t fed)
{
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++) {
        const setting w = {
            .s = s, .t = t, .fed = fed ? fed : t, .p = generic, .sigma2 = s->beta_tilde[t]};
        sum += expect(divergence, &w);
    }
    return sum;
}

/* The same by algebra: with k = sqrt(abar_t) v/V and x_s fed,
 *      x_0_hat - m = k [ (sqrt(abar_s) - sqrt(abar_t)) m + sqrt(abar_s) (x_0 - m)
 *                        + sqrt(1-abar_s) eps ]. */
static double box_by_hand(const schedule *s, size_t fed)
{
    const double root = sqrt(s->alpha_bar[fed]), m = generic.m, v = generic.v;
    double sum = 0.0;
    for (size_t t = 2; t <= s->T; t++) {
        const double here = sqrt(s->alpha_bar[t]), k = here * v / (here * here * v + s->var_bar[t]);
        const double square = v * gsl_pow_2(1.0 - k * root) +
                              k * k * (gsl_pow_2((root - here) * m) + s->var_bar[fed]);
        sum += weight_x0(s, t, s->beta_tilde[t]) * square;
    }
    return sum;
}

/* The same sum from src/theory: L_{t-1} is quadratic in x_0, and so is the sum. */
typedef struct chain_of {
    const schedule *s;
    const linear_chain *chain;
} chain_of;

static double terms_at(double x_0, void *params)
{
    const chain_of *c = params;
    double sum = 0.0;
    for (size_t t = 2; t <= c->s->T; t++) sum += linear_denoising(c->s, c->chain, t, x_0);
    return sum;
}

void one_x_for_all(lesson *L)
{
    claim(L, "SIM-10");
    gap looped = {0}, weighted = {0}, once = {0}, by_hand = {0};
    size_t near = 0, cases = 0;
    for (size_t k = S10; k <= S50; k++) {
        const schedule *s = schedules[k];
        linear_chain *chain = linear_chain_alloc(s, generic.m, generic.v, SIGMA_BETA_TILDE);
        if (!chain) return;
        chain_of c = {s, chain};
        const double right = box(s, 0);
        double sum = 0.0;
        for (size_t t = 2; t <= s->T; t++)
            sum += weight_eps(s, t, s->beta_tilde[t]) * least(s, t, generic);
        /* A difference of means, of size sqrt(beta_tilde_t) at least, between numbers below 4. */
        const double tolerance = 32 * ulp * (1.0 + 4.0 / sqrt(s->beta_tilde[2])) * right;
        gap_add(&looped, s->T, quad_hermite(terms_at, &c, generic.m, sqrt(generic.v), 3, NULL),
                right, tolerance);
        gap_add(&weighted, s->T, sum, right, tolerance);
        for (size_t fed = 1; fed <= s->T; fed++, cases++) {
            const double sum_fed = box(s, fed);
            near += fabs(sum_fed / right - 1.0) < 0.01;
            gap_add(&by_hand, fed, box_by_hand(s, fed), sum_fed, tolerance / right * sum_fed);
            if (fed == s->T / 2) gap_add(&once, s->T, box(s, fed), right, tolerance);
        }
        linear_chain_free(chain);
    }
    printed_gap(L, "one x_{T/2} for all terms, S10 and S50", &once);
    road_gap(L, "linear_denoising", "a loop with the right x_t in each term", &looped);
    road_gap(L, "weight_eps", "sum of w_t E l_t: the mean of T w_t l_t over t", &weighted);
    road_all(L, NULL, "no single x_s comes within a percent of the sum", near, cases);
    road_gap(L, "weight_x0", "one x_s for all terms, every s: by algebra", &by_hand);
    evidence(L, "S10, N(%.2f, %.2f), t = 2..T: %.4f with the right x_t, %.4f with x_5 in all terms",
             generic.m, generic.v, box(schedules[S10], 0), box(schedules[S10], 5));
}

/* --- 14.5  The network must know t --------------------------------------------------------------
 * For N(0,1) data x_t ~ N(0,1) at every t: x_t says nothing about t.  A t-blind network sees all t
 * at once and can do no better than c x with c = mean_t c_t, c_t = sqrt(1-abar_t):
 *      mean_t E (eps - c x_t)^2 = mean_t (1 - c_t^2) + mean_t (c - c_t)^2,
 * so the price of blindness is Var_t sqrt(1-abar_t). */
static double blind_loss(const schedule *s, double c)
{
    const misprint_formula jump = misprint_quantity_find("forward_jump")->value;
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        const setting w = {.s = s, .t = t, .p = unit, .c = c, .jump = jump};
        sum += expect(squared_error, &w);
    }
    return sum / (double)s->T;
}

void spread(const schedule *s, double power, double *mean, double *variance)
{
    *mean = *variance = 0.0;
    for (size_t t = 1; t <= s->T; t++) *mean += pow(s->var_bar[t], 0.5 * power) / (double)s->T;
    for (size_t t = 1; t <= s->T; t++)
        *variance += gsl_pow_2(pow(s->var_bar[t], 0.5 * power) - *mean) / (double)s->T;
}

/* E[eps | x] when t is unknown, by Bayes' rule: no linearity is assumed. */
typedef struct pooled {
    double x;
    int power;
} pooled;

static double pooled_integrand(double eps, void *params)
{
    const pooled *w = params;
    const schedule *s = schedules[S10];
    double sum = 0.0;
    for (size_t t = 1; t <= s->T; t++)
        sum += exp(-0.5 * gsl_pow_2(w->x - sqrt(s->var_bar[t]) * eps) / s->alpha_bar[t]) /
               sqrt(s->alpha_bar[t]);
    return sum * gsl_pow_int(eps, w->power) * exp(-0.5 * eps * eps);
}

static gap pooled_mean(quad *q)
{
    gap g = {0};
    double c, unused;
    spread(schedules[S10], 1.0, &c, &unused);
    for (int i = -2; i <= 3; i++) {
        double error[2];
        pooled w = {0.137 + 0.731 * i, 1};
        const double above = quad_around(q, pooled_integrand, &w, 0.0, 12.0, &error[0]);
        w.power = 0;
        const double below = quad_around(q, pooled_integrand, &w, 0.0, 12.0, &error[1]);
        gap_add(&g, (size_t)(i + 2), above / below, c * w.x,
                (error[0] + fabs(above / below) * error[1]) / below);
    }
    return g;
}

void blind(lesson *L)
{
    claim(L, "SIM-07");
    static const double known[] = {0.0, 0.0747, 0.07503, 0.0923};
    gap price = {0}, best = {0}, rms = {0}, no_root = {0}, ledger = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        double c, variance, square, wrong;
        spread(s, 1.0, &c, &variance);
        spread(s, 2.0, &square, &wrong);
        const double excess = blind_loss(s, c) - mean_least(k, unit, 1),
                     tolerance = (256 + 2.0 * (double)s->T) * ulp;
        const double a = blind_loss(s, -1.0), b = blind_loss(s, 0.0), d = blind_loss(s, 1.0);
        gap_add(&price, s->T, excess, variance, tolerance);
        gap_add(&best, s->T, 0.5 * (a - d) / (a - 2.0 * b + d), c, tolerance);
        gap_add(&rms, s->T, blind_loss(s, sqrt(square)) - mean_least(k, unit, 1), variance,
                tolerance);
        gap_add(&no_root, s->T, wrong, excess, tolerance);
        if (k != S10) gap_add(&ledger, s->T, excess, known[k], k == L1000 ? 0.5e-5 : 0.5e-4);
    }
    quad *q = quad_alloc();
    if (!q) return;
    const gap bayes = pooled_mean(q);
    quad_free(q);
    road_gap(L, "forward_jump", "blind - aware = Var_t sqrt(1-abar_t), 4 schedules", &price);
    road_gap(L, "forward_jump", "the best blind slope is mean_t sqrt(1-abar_t)", &best);
    road_gap(L, NULL, "nothing nonlinear beats it: Bayes' E[eps|x], S10", &bayes);
    control_gap(L, "slope sqrt(mean_t(1-abar_t)): loses more", &rms);
    control_gap(L, "price Var_t(1-abar_t), without the root", &no_root);
    double c, variance;
    spread(schedules[L1000], 1.0, &c, &variance);
    const double aware = mean_least(L1000, unit, 1), loss = blind_loss(schedules[L1000], c);
    road_below(L, "forward_jump", "L1000: the blind network loses at least 0.05", aware, loss,
               0.05);
    control_below(L, "a blind network loses nothing", loss, aware, 0.0);
    road_gap(L, NULL, "docs/claims.tsv: prices, S50, L1000, COS1000", &ledger);
    evidence(L, "L1000: blind c = %.5f, loss %.5f against %.5f, price %.5f", c, loss, aware,
             loss - aware);
}

/* e(t) = (sin w_i t, cos w_i t), i = 0..31, w_i = 10000^(-i/32). */
enum { WIDTH = 64 };
static double e_right[1001][WIDTH], e_course[1001][WIDTH];

/* The course's version masks rows where it means columns: even t get sin(w_j t) in all 64 columns;
 * odd t get cos(sin(w_j (1001-t))), the sine row of the mirrored time; row 1 is cos(sin 0) = 1. */
static void embed(void)
{
    for (size_t t = 1; t <= 1000; t++)
        for (size_t j = 0; j < WIDTH; j++) {
            const double w = pow(10000.0, -(double)(j / 2) / 32.0),
                         u = pow(10000.0, -2.0 * (double)j / WIDTH);
            const double mirrored = t == 1 ? 0.0 : (double)(1001 - t);
            e_right[t][j] = j % 2 ? cos(w * (double)t) : sin(w * (double)t);
            e_course[t][j] = t % 2 ? cos(sin(u * mirrored)) : sin(u * (double)t);
        }
}

static double distance2(double (*e)[WIDTH], size_t t, size_t r)
{
    double sum = 0.0;
    for (size_t j = 0; j < WIDTH; j++) sum += gsl_pow_2(e[t][j] - (r ? e[r][j] : 0.0));
    return sum;
}

/* |e(t) - e(r)|^2 = sum_i 4 sin^2(w_i (t-r)/2) by trigonometry: a function of t - r alone. */
static double distance2_apart(size_t apart)
{
    double sum = 0.0;
    for (size_t i = 0; i < WIDTH / 2; i++)
        sum += 4.0 * gsl_pow_2(sin(0.5 * pow(10000.0, -(double)i / 32.0) * (double)apart));
    return sum;
}

/* The arguments w t reach 1000 and are rounded: 1000 ulp in each of 64 coordinates below 1. */
static gap steps(double (*e)[WIDTH])
{
    gap g = {0};
    for (size_t t = 1; t < 1000; t++)
        gap_add(&g, t, distance2(e, t, t + 1), distance2_apart(1), 64 * 1000 * ulp);
    return g;
}

static gap lengths(double (*e)[WIDTH], size_t stride)
{
    gap g = {0};
    for (size_t t = 1; t <= 1000; t++) {
        double sum = 0.0;
        for (size_t j = 0; j < WIDTH; j += stride) sum += gsl_pow_2(e[t][j]);
        gap_add(&g, t, sum, 32.0 / (double)stride, 128 * ulp);
    }
    return g;
}

static double closest(double (*e)[WIDTH])
{
    double least_yet = (double)INFINITY;
    for (size_t t = 1; t <= 1000; t++)
        for (size_t r = 1; r < t; r++) least_yet = fmin(least_yet, distance2(e, t, r));
    return least_yet;
}

void embeddings(lesson *L)
{
    claim(L, "SIM-08");
    embed();
    double apart = (double)INFINITY;
    for (size_t d = 1; d < 1000; d++) apart = fmin(apart, distance2_apart(d));
    const double nearest = closest(e_right), nearest_course = closest(e_course);
    const gap length = lengths(e_right, 1), step = steps(e_right);
    const gap sines = lengths(e_right, 2), course_length = lengths(e_course, 1),
              course_step = steps(e_course);
    road_gap(L, NULL, "squared norm 32 at every t, d = 64", &length);
    road_gap(L, NULL, "steps t, t+1: equally far apart at every t", &step);
    road(L, NULL, "closest pair of all 499500: 4 sum sin^2", nearest, apart, 64 * 1000 * ulp);
    control_gap(L, "sines only: the norm depends on t", &sines);
    control_gap(L, "a course's version, rows for columns: norm", &course_length);
    control_gap(L, "the same: distance of neighbours", &course_step);
    control(L, "the same: closest pair", nearest_course, apart, 64 * 1000 * ulp);
    gap known = {0};
    gap_add(&known, 1, nearest, 2.166, 0.5e-3);
    gap_add(&known, 2, nearest_course, 0.076, 0.5e-3);
    road_gap(L, NULL, "docs/claims.tsv: two smallest distances, 3 digits", &known);
    evidence(L, "d = 64: norm^2 32, closest pair %.4f; the course's version: closest pair %.2g",
             nearest, nearest_course);
    data_file *f = data_open(L, "embedding", "t right course");
    for (size_t t = 440; t <= 560; t++)
        data_line(f, "%zu %.9g %.9g", t, distance2(e_right, t, 500), distance2(e_course, t, 500));
    data_close(f);
}
