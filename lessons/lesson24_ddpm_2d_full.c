/* Lesson 24.  A complete DDPM in two dimensions
 * ---------------------------------------------
 * CLAIM   Forward chain, training loop and sampler, as the five documents box them, put together,
 *         reproduce the data.  With a perfect network this is a theorem about numbers:
 *             exact kernels q(x_{t-1}|x_t):            p_0 = p_data, even with ten steps;
 *             Gaussian kernels N(mu_theta, beta_t I):  p_0 -> p_data as T grows.
 *         With a trained network it is an experiment.
 * WHY     Everything before was a part; here the parts meet.
 * NEEDS   lessons 1, 4, 12, 15, 19, 21.   Notes: docs/lesson24.md
 * RUN     make lesson24   FIGURES  build/figures/lesson24*.png   WIDGET  make widget
 *
 * Two worlds.  The corners: four bumps at (+-1, +-1); their coordinates are independent, so that the
 * exact law of the sampler is known from the line (theory/law.h).  The ring: eight bumps, not
 * separable, but symmetric.  Part b trains, part c is the widget, part d measures distances, part e
 * writes the figures. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>

#include "lesson24.h"
#include "theory/forward.h"
#include "theory/law.h"
#include "theory/reverse.h"

static const char *const names[] = {"S10", "S50", "L1000"};
schedule *schedules[N_SCHEDULES];
mixture *ring, *corners, *pair;

/* ---- Clouds ---- */

cloud cloud_alloc(size_t n)
{
    cloud c = {n, malloc(2 * n * sizeof *c.x)};
    if (!c.x) check_refuse("lesson 24: no memory for %zu points", n);
    return c;
}

void cloud_free(cloud *c)
{
    free(c->x);
    c->x = NULL;
}

void cloud_data(cloud *c, const mixture *m, gsl_rng *rng)
{
    for (size_t i = 0; i < c->n; i++) mixture_sample(m, rng, c->x + 2 * i);
}

void cloud_oracle(cloud *c, mixture *m, const schedule *s, noise_rule rule, gsl_rng *rng)
{
    sampler_oracle oracle = {m, s};
    const denoiser net = sampler_oracle_denoiser(&oracle);
    for (size_t i = 0; i < c->n; i++) {
        double *x = c->x + 2 * i, eps_hat[2];
        if (rule != VARIANCE_AS_SD) {
            sampler_ancestral(x, eps_hat, 2, s, &net,
                              rule == ROOT_BETA ? SIGMA_BETA : SIGMA_BETA_TILDE, rng);
            continue;
        }
        for (size_t d = 0; d < 2; d++) x[d] = gsl_ran_gaussian_ziggurat(rng, 1.0);
        for (size_t t = s->T; t >= 1; t--)
            sampler_step(x, eps_hat, 2, s, t, &net, t > 1 ? s->beta_tilde[t] : 0.0, rng);
    }
}

void cloud_one_shot(cloud *c, mixture *m, const schedule *s, gsl_rng *rng)
{
    for (size_t i = 0; i < c->n; i++) {
        const double x_T[2] = {gsl_ran_gaussian_ziggurat(rng, 1.0),
                               gsl_ran_gaussian_ziggurat(rng, 1.0)};
        mixture_mean_x0(c->x + 2 * i, m, s, s->T, x_T);
    }
}

static moments squares(const cloud *c)
{
    moments m = {0};
    for (size_t i = 0; i < c->n; i++)
        moments_add(&m, 0.5 * (gsl_pow_2(c->x[2 * i]) + gsl_pow_2(c->x[2 * i + 1])));
    return m;
}

/* The mode of the ring nearest to x: the angle in eighths of a turn. */
static size_t nearest_mode(const double *x)
{
    const double eighths = atan2(x[1], x[0]) / (M_PI / 4.0);
    return (size_t)(lround(eighths) + MODES) % MODES;
}

static size_t count_mode(const cloud *c, size_t mode)
{
    size_t k = 0;
    for (size_t i = 0; i < c->n; i++) k += nearest_mode(c->x + 2 * i) == mode;
    return k;
}

/* Points within 3 standard deviations of a mode of the ring; of the data 1 - e^(-9/2). */
static size_t count_near(const cloud *c)
{
    size_t k = 0;
    for (size_t i = 0; i < c->n; i++) {
        const double angle = M_PI / 4.0 * (double)nearest_mode(c->x + 2 * i);
        k += hypot(c->x[2 * i] - cos(angle), c->x[2 * i + 1] - sin(angle)) < 3.0 * sqrt(ring_var);
    }
    return k;
}

/* --- 24.1.1  The forward box ------------------------------------------------------------------------
 * x_0 from the data, then  x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps  for t = 1 .. T. */
static void forward_box(lesson *L)
{
    const schedule *s = schedules[S10];
    gsl_rng *rng = lesson_rng(L);
    moments m = {0};
    for (size_t i = lesson_samples(L, 10000); i > 0; i--) {
        double x[4], sum = 0.0; /* two points: the square of one alone is too skewed */
        mixture_sample(ring, rng, x);
        mixture_sample(ring, rng, x + 2);
        for (size_t d = 0; d < 4; d++) {
            for (size_t t = 1; t <= s->T; t++)
                x[d] = sqrt(1.0 - s->beta[t]) * x[d] +
                       sqrt(s->beta[t]) * gsl_ran_gaussian_ziggurat(rng, 1.0);
            sum += 0.25 * x[d] * x[d];
        }
        moments_add(&m, sum);
    }
    road_mean(L, "forward_variance", "forward, ten steps: E|x_T|^2/2 = that of one jump", &m,
              forward_variance(s, s->T, 0.5 + ring_var));
}

/* --- 24.1.2  Exact kernels --------------------------------------------------------------------------
 * x_T ~ q(x_T), then x_{t-1} ~ q(x_{t-1}|x_t): the chain run backwards in time, whatever T. */
static void exact_kernels(cloud *c, const schedule *s, mixture *kernel, gsl_rng *rng)
{
    for (size_t i = 0; i < c->n; i++) {
        double *x = c->x + 2 * i;
        mixture_sample(ring, rng, x);
        for (size_t d = 0; d < 2; d++)
            x[d] = forward_jump(s, s->T, x[d], gsl_ran_gaussian_ziggurat(rng, 1.0));
        for (size_t t = s->T; t >= 1; t--) {
            mixture_reverse_kernel(kernel, ring, s, t, x);
            mixture_sample(kernel, rng, x);
        }
    }
}

static void perfect_reverse(lesson *L, cloud *c)
{
    const double near = -expm1(-4.5);
    mixture *kernel = mixture_alloc(MODES, 2);
    if (!kernel) check_refuse("lesson 24: out of memory");
    exact_kernels(c, schedules[S10], kernel, lesson_rng(L));
    mixture_free(kernel);
    const moments m = squares(c);
    road_mean(L, NULL, "ring, ten exact steps: E|x_0|^2/2 = 0.5025", &m, 0.5 + ring_var);
    road_count(L, NULL, "the same: share within 3 sd of a mode", count_near(c), c->n, near);
    road_count(L, NULL, "the same: share of mode 3", count_mode(c, 3), c->n, 1.0 / MODES);
    cloud_oracle(c, ring, schedules[S10], ROOT_BETA_TILDE, lesson_rng(L));
    control_count(L, "ten Gaussian steps: share within 3 sd", count_near(c), c->n, near, 40.0);
    road_count(L, NULL, "but by symmetry: share of mode 3", count_mode(c, 3), c->n, 1.0 / MODES);
    /* The same network, had it never seen mode 3. */
    mixture *seven = mixture_ring_alloc(MODES, 1.0, ring_var, 0.0);
    if (!seven) check_refuse("lesson 24: out of memory");
    for (size_t k = 0; k < MODES; k++) seven->weight[k] = k == 3 ? 1e-300 : 1.0 / 7.0;
    cloud_oracle(c, seven, schedules[S10], ROOT_BETA_TILDE, lesson_rng(L));
    mixture_free(seven);
    control_count(L, "a network that forgot mode 3: its share", count_mode(c, 3), c->n, 1.0 / MODES,
                  sqrt(10000.0 / 7.0));
}

/* --- 24.1.3  Algorithm 2 ----------------------------------------------------------------------------
 * On the corners its law is a product of two laws on the line, each computed without samples. */
typedef struct line {
    reverse_oracle oracle;
    reverse_model p;
    law *l; /* of x_1; the last step adds no noise, x_0 = mu(x_1, 1) */
} line;

/* Nodes per standard deviation of a step on S10, S50, L1000: a big step goes through a mean that is
 * steep between the bumps, and the grid must be finer than the noise asks (lesson 19). */
static const double fine[N_SCHEDULES] = {8.0, 4.0, 2.8};
static const double widest = 8.0; /* the grids are -8 .. 8 */

static void line_open(line *a, const schedule *s, double per_sd)
{
    a->p = reverse_of_mixture(&a->oracle, pair, s, SIGMA_BETA);
    a->l = law_alloc(s->T, 1, &a->p, widest, per_sd);
    if (!a->l) check_refuse("lesson 24: no memory for the law of the sampler");
}

/* E x_0^2 on the line: the law of x_1 with the mean of the last kernel. */
static double second_moment_on_S10(line *a)
{
    law *l = law_alloc(schedules[S10]->T, 0, &a->p, widest, fine[S10]);
    if (!l) check_refuse("lesson 24: no memory for the law of the sampler");
    double sum = 0.0;
    for (size_t i = 0; i < l->n; i++) sum += l->mass[i] * gsl_pow_2(l->mean[i]);
    law_free(l);
    return sum;
}

/* P(low < |x_0| < high) on the line, low = mu(0.6, 1) and high = mu(1.4, 1). */
static double share_on_the_line(line *a)
{
    return 2.0 * (law_below(a->l, 1.4) - law_below(a->l, 0.6));
}

static size_t count_corners(line *a, const cloud *c)
{
    const double low = reverse_last_mean(0.6, &a->p), high = reverse_last_mean(1.4, &a->p);
    size_t k = 0;
    for (size_t i = 0; i < c->n; i++) {
        const double x = fabs(c->x[2 * i]), y = fabs(c->x[2 * i + 1]);
        k += low < x && x < high && low < y && y < high;
    }
    return k;
}

static double pair_below(double x, void *unused)
{
    (void)unused;
    const double width = sqrt(2.0 * corner_var);
    return 0.25 * (erfc((-1.0 - x) / width) + erfc((1.0 - x) / width));
}

/* W1 in the plane with |x| + |y| as the length: for independent coordinates the sum of both. */
static double plane_distance(size_t which, double per_sd, size_t nodes)
{
    line a;
    line_open(&a, schedules[which], per_sd);
    const double W1 =
        law_wasserstein(a.l, reverse_last_mean, &a.p, pair_below, NULL, 4.0, nodes, NULL);
    law_free(a.l);
    return 2.0 * W1;
}

static void algorithm_2(lesson *L, cloud *c)
{
    line a;
    const schedule *s = schedules[S10];
    line_open(&a, s, fine[S10]);
    const double expected = second_moment_on_S10(&a), share = gsl_pow_2(share_on_the_line(&a));
    cloud_oracle(c, corners, s, ROOT_BETA, lesson_rng(L));
    const moments m = squares(c);
    road_mean(L, "law_alloc", "corners, Algorithm 2: E|x_0|^2/2 = its exact law", &m, expected);
    road_count(L, "law_below", "the same: share in the four boxes", count_corners(&a, c), c->n,
               share);
    size_t first = 0;
    for (size_t i = 0; i < c->n; i++) first += c->x[2 * i] > 0.0 && c->x[2 * i + 1] < 0.0;
    road_count(L, NULL, "the same: share of one corner", first, c->n, 0.25);
    cloud_oracle(c, corners, s, VARIANCE_AS_SD, lesson_rng(L));
    control_count(L, "sigma_t = beta_tilde_t, a variance as sd", count_corners(&a, c), c->n, share,
                  65.0);
    cloud_one_shot(c, corners, s, lesson_rng(L));
    control_count(L, "one shot: share in the boxes", count_corners(&a, c), c->n, share, 120.0);
    law_free(a.l);
}

static void more_steps(lesson *L)
{
    /* Right to half a unit of the last digit that is printed below. */
    static const double half_a_unit[N_SCHEDULES] = {0.5e-4, 0.5e-4, 0.5e-5};
    double W1[N_SCHEDULES];
    gap half_the_nodes = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        W1[k] = plane_distance(k, fine[k], 2401);
        gap_add(&half_the_nodes, schedules[k]->T, W1[k], plane_distance(k, 0.5 * fine[k], 1201),
                half_a_unit[k]);
    }
    const double ten = W1[S10], fifty = W1[S50], thousand = W1[L1000];
    road_gap(L, NULL, "corners: exact W1, all digits from half the nodes", &half_the_nodes);
    control(L, "two nodes per standard deviation, T = 10", plane_distance(S10, 2.0, 2401), ten,
            half_a_unit[S10]);
    road_below(L, "law_wasserstein", "corners: W1 to the data, T = 1000 below 0.003", thousand,
               0.003, 0.0);
    road_below(L, "law_wasserstein", "and below a twentieth of that of T = 50", thousand,
               fifty / 20.0, 0.0);
    control_below(L, "T = 10 with Gaussian kernels: below 0.003", ten, 0.003, 0.0);
    evidence(L, "corners, perfect network, exact W1: T = 10 %.4f, 50 %.4f, 1000 %.5f", ten, fifty,
             thousand);
}

static void all_boxes(lesson *L)
{
    claim(L, "CAP-01");
    cloud c = cloud_alloc(lesson_samples(L, 10000));
    forward_box(L);
    perfect_reverse(L, &c);
    algorithm_2(L, &c);
    cloud_free(&c);
    if (lesson_random_only(L)) return;
    more_steps(L);
    distances(L);
}

static bool worlds(void)
{
    for (size_t i = 0; i < N_SCHEDULES; i++)
        if (!(schedules[i] = schedule_named_alloc(names[i]))) return false;
    ring = mixture_ring_alloc(MODES, 1.0, ring_var, 0.0);
    corners = mixture_alloc(4, 2);
    pair = mixture_pair_alloc(corner_var);
    if (!ring || !corners || !pair) return false;
    for (size_t k = 0; k < 4; k++) {
        corners->var[k] = corner_var;
        corners->mean[2 * k] = k & 1 ? 1.0 : -1.0;
        corners->mean[2 * k + 1] = k & 2 ? 1.0 : -1.0;
    }
    return true;
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 24, "A complete DDPM in two dimensions");
    if (!worlds()) return 2;
    section(L, "24.1  All boxes together");
    all_boxes(L);
    section(L, "24.2  What the denoiser sees");
    the_widget(L);
    if (!lesson_random_only(L)) write_figures(L);
    mixture_free(ring);
    mixture_free(corners);
    mixture_free(pair);
    for (size_t i = 0; i < N_SCHEDULES; i++) schedule_free(schedules[i]);
    return lesson_close(L);
}
