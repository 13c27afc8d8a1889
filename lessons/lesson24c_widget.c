/* Lesson 24, part c.  The widget: what the denoiser sees, at every t.
 *
 * Green x_0, orange x_t, blue x_0_hat = E[x_0|x_t] of the same particles, and three read-outs:
 * sqrt(abar_t), sqrt(1-abar_t) and mean |x_0_hat - x_0|. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_bessel.h>

#include "lesson24.h"

static const double ulp = GSL_DBL_EPSILON;

/* ---- The ring in the lesson's own words ---- */

static double mode(size_t k, size_t d)
{
    static const double coordinate[MODES] = {1.0,  M_SQRT1_2,  0.0, -M_SQRT1_2,
                                             -1.0, -M_SQRT1_2, 0.0, M_SQRT1_2};
    return coordinate[(k + (d ? 6 : 0)) % MODES];
}

/* The modes are equally long and equally wide, so that |x|^2 and |mode|^2 drop out of the shares:
 *     share_k ~ exp(root x . mode_k / s2),   s2 = abar_t v + 1 - abar_t,
 *     x_0_hat = (root v x + (1 - abar_t) sum_k share_k mode_k) / s2. */
static void own_x_0_hat(double *x_0_hat, double abar, double spread, const double *x)
{
    const double root = sqrt(abar), s2 = abar * ring_var + spread;
    double dot[MODES], largest = -(double)INFINITY, sum = 0.0, pull[2] = {0.0, 0.0};
    for (size_t k = 0; k < MODES; k++) {
        dot[k] = root * (x[0] * mode(k, 0) + x[1] * mode(k, 1)) / s2;
        largest = fmax(largest, dot[k]);
    }
    for (size_t k = 0; k < MODES; k++) {
        const double share = exp(dot[k] - largest);
        sum += share;
        for (size_t d = 0; d < 2; d++) pull[d] += share * mode(k, d);
    }
    for (size_t d = 0; d < 2; d++)
        x_0_hat[d] = (root * ring_var * x[d] + spread * pull[d] / sum) / s2;
}

/* ---- The third read-out ----
 * By symmetry x_0 may be taken from mode 0.  Then x_t ~ N(root mode_0, s2 I), and given both, x_0 is
 * N(m, u I) with m = (root v x_t + (1 - abar_t) mode_0)/s2 and u = v (1 - abar_t)/s2; the mean distance
 * of such a point from x_0_hat is that of the Rice law.  The plane by the trapezoidal rule, in standard
 * deviations of x_t: where one mode hands over to the next, Gauss and Hermite converge too slowly. */
static double rice_mean(double distance, double var)
{
    const double z = 0.5 * distance * distance / var;
    return sqrt(0.5 * M_PI * var) *
           ((1.0 + z) * gsl_sf_bessel_I0_scaled(0.5 * z) + z * gsl_sf_bessel_I1_scaled(0.5 * z));
}

static double distance_with(const schedule *s, size_t t, int n)
{
    const double reach = 8.5, h = 2.0 * reach / n; /* exp(-36) is below rounding */
    const double abar = s->alpha_bar[t], spread = s->var_bar[t], s2 = abar * ring_var + spread;
    double sum = 0.0;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= n; j++) {
            const double z[2] = {h * i - reach, h * j - reach};
            const double x[2] = {sqrt(abar) + sqrt(s2) * z[0], sqrt(s2) * z[1]};
            double x_0_hat[2];
            mixture_mean_x0(x_0_hat, ring, s, t, x);
            const double m[2] = {(sqrt(abar) * ring_var * x[0] + spread) / s2,
                                 sqrt(abar) * ring_var * x[1] / s2};
            sum += h * h / (2.0 * M_PI) * exp(-0.5 * (z[0] * z[0] + z[1] * z[1])) *
                   rice_mean(hypot(m[0] - x_0_hat[0], m[1] - x_0_hat[1]), ring_var * spread / s2);
        }
    return sum;
}

static double mean_distance(const schedule *s, size_t t)
{
    return distance_with(s, t, 120);
}

/* It has six digits: fewer nodes give the same, and so did lesson 15, by sectors of the plane. */
static void six_digits(lesson *L, const schedule *s, const size_t *when, const double *at, size_t n)
{
    const double half_a_unit = 0.5e-6;
    gap fewer = {0};
    for (size_t i = 0; i < n; i++)
        gap_add(&fewer, when[i], at[i], distance_with(s, when[i], 85), half_a_unit);
    road_gap(L, NULL, "third read-out: 86 nodes for 121 give six digits", &fewer);
    road(L, "mixture_mean_x0", "at t = 100 lesson 15 has 0.271989", at[1], 0.271989, half_a_unit);
    control(L, "31 nodes, t = 100", distance_with(s, when[1], 30), at[1], half_a_unit);
}

/* ---- The particles ---- */

typedef struct particle {
    double x_0[2], eps[2];
} particle;

static particle draw(gsl_rng *rng)
{
    particle a;
    const size_t k = gsl_rng_uniform_int(rng, MODES);
    for (size_t d = 0; d < 2; d++) {
        a.x_0[d] = mode(k, d) + gsl_ran_gaussian_ziggurat(rng, sqrt(ring_var));
        a.eps[d] = gsl_ran_gaussian_ziggurat(rng, 1.0);
    }
    return a;
}

static void noised(double *x_t, const particle *a, double abar, double spread)
{
    for (size_t d = 0; d < 2; d++) x_t[d] = sqrt(abar) * a->x_0[d] + sqrt(spread) * a->eps[d];
}

/* ---- The checks ---- */

/* The blue points of the same twelve particles at every t; and the identity that joins the colours:
 *     x_t = sqrt(abar_t) x_0_hat + sqrt(1-abar_t) eps_hat. */
typedef struct colours {
    gap blue, joined, shuffled;
} colours;

static void compare_at(colours *g, const schedule *s, size_t t, const particle *a,
                       const particle *other)
{
    const double abar = s->alpha_bar[t], spread = s->var_bar[t], s2 = abar * ring_var + spread;
    double x_t[2], wrong[2], blue[2], own[2], eps_hat[2];
    noised(x_t, a, abar, spread);
    noised(wrong, other, abar, spread);
    mixture_mean_x0(blue, ring, s, t, x_t);
    mixture_mean_eps(eps_hat, ring, s, t, x_t);
    own_x_0_hat(own, abar, spread, x_t);
    /* An exponent |x_t - root mode|^2/(2 s2) carries a rounding of |x_t| |x_t - root mode|/s2; the shares
     * that matter have |x_t - root mode| below 9 sqrt(s2); x_0_hat moves by the same, relative to 1. */
    const double size = 1.0 + hypot(x_t[0], x_t[1]);
    const double tolerance = 8.0 * ulp * size * (1.0 + 9.0 / sqrt(s2));
    for (size_t d = 0; d < 2; d++) {
        gap_add(&g->blue, t, blue[d], own[d], tolerance);
        gap_add(&g->joined, t, sqrt(abar) * own[d] + sqrt(spread) * eps_hat[d], x_t[d], tolerance);
    }
    mixture_mean_x0(blue, ring, s, t, wrong);
    for (size_t d = 0; d < 2; d++) gap_add(&g->shuffled, t, blue[d], own[d], tolerance);
}

static void the_colours(lesson *L)
{
    enum { SHOWN = 12 };
    particle a[SHOWN];
    colours g = {{0}, {0}, {0}};
    for (size_t i = 0; i < SHOWN; i++) a[i] = draw(lesson_rng(L));
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 1; t <= schedules[k]->T; t++)
            for (size_t i = 0; i < SHOWN; i++)
                compare_at(&g, schedules[k], t, &a[i], &a[(i + 1) % SHOWN]);
    road_gap(L, "mixture_mean_x0", "blue: E[x_0|x_t], all t, by Bayes' rule", &g.blue);
    road_gap(L, "mixture_mean_eps", "orange = sqrt(abar) blue + sqrt(1-abar) eps_hat", &g.joined);
    control_gap(L, "blue of somebody else's orange", &g.shuffled);
}

/* abar_t as a product, 1 - abar_t by v_t = alpha_t v_{t-1} + beta_t; t steps, three roundings each. */
static void the_readouts(lesson *L)
{
    gap signal = {0}, noise = {0}, swapped = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        double abar = 1.0, spread = 0.0;
        for (size_t t = 1; t <= schedules[k]->T; t++) {
            const double beta = schedules[k]->beta[t], tolerance = 3.0 * (double)(t + 2) * ulp;
            abar *= 1.0 - beta;
            spread = (1.0 - beta) * spread + beta;
            gap_add(&signal, t, sqrt(schedules[k]->alpha_bar[t]), sqrt(abar),
                    tolerance * sqrt(abar));
            gap_add(&noise, t, sqrt(schedules[k]->var_bar[t]), sqrt(spread),
                    tolerance * sqrt(spread));
            gap_add(&swapped, t, sqrt(1.0 - sqrt(abar)), sqrt(spread), tolerance * sqrt(spread));
        }
    }
    road_gap(L, "schedule.alpha_bar", "first read-out, sqrt(abar_t), all t", &signal);
    road_gap(L, "schedule.var_bar", "second read-out, sqrt(1-abar_t), all t", &noise);
    control_gap(L, "sqrt(1 - sqrt(abar_t)) for it", &swapped);
}

/* |x_0_hat - x_0| of fresh particles with the lesson's own denoiser; shuffled: x_t of another. */
static moments drawn_distance(lesson *L, const schedule *s, size_t t, bool shuffled)
{
    const double abar = s->alpha_bar[t], spread = s->var_bar[t];
    moments m = {0};
    for (size_t n = lesson_samples(L, 10000); n > 0; n--) {
        const particle a = draw(lesson_rng(L)), b = shuffled ? draw(lesson_rng(L)) : a;
        double x_t[2], x_0_hat[2];
        noised(x_t, &b, abar, spread);
        own_x_0_hat(x_0_hat, abar, spread, x_t);
        moments_add(&m, hypot(x_0_hat[0] - a.x_0[0], x_0_hat[1] - a.x_0[1]));
    }
    return m;
}

/* ---- The frames ----
 * The next stop is four percent further, but no tenth of T is jumped over. */
static size_t next_stop(size_t t, size_t T)
{
    const size_t next = t + 1 + t / 25, tenth = 10 * t / T + 1;
    return GSL_MIN(next, (tenth * T + 9) / 10);
}

/* The same particles at about a hundred stops t = 1 .. T: what the animation and
 * the view that is driven by keys (plots/widget.sh) leaf through.  They have their own generator, so
 * that they are the same in every figure. */
void write_frames(lesson *L, const schedule *s)
{
    enum { PARTICLES = 120 };
    particle a[PARTICLES];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) check_refuse("lesson 24: out of memory");
    gsl_rng_set(rng, (unsigned long)(lesson_seed(L) & 0xffffffffu));
    for (size_t i = 0; i < PARTICLES; i++) a[i] = draw(rng);
    gsl_rng_free(rng);
    data_file *stops = data_open(L, "readouts", "t root_abar root_var mean_distance"),
              *f = data_open(L, "frames", "x_0 y_0 x_t y_t x_0_hat y_0_hat");
    for (size_t t = 1; f && t <= s->T; t = next_stop(t, s->T)) {
        const double abar = s->alpha_bar[t], spread = s->var_bar[t];
        data_line(stops, "%zu %.9g %.9g %.9g", t, sqrt(abar), sqrt(spread), mean_distance(s, t));
        for (size_t i = 0; i < PARTICLES; i++) {
            double x_t[2], blue[2];
            noised(x_t, &a[i], abar, spread);
            mixture_mean_x0(blue, ring, s, t, x_t);
            data_line(f, "%.5g %.5g %.5g %.5g %.5g %.5g", a[i].x_0[0], a[i].x_0[1], x_t[0], x_t[1],
                      blue[0], blue[1]);
        }
        data_gap(f);
        data_gap(f);
    }
    data_close(f);
    data_close(stops);
}

void the_widget(lesson *L)
{
    static const size_t when[] = {1, 100, 400, 1000};
    static const char *const what[] = {"third read-out at t = 1: quadrature, draws",
                                       "the same at t = 100", "the same at t = 400",
                                       "the same at t = T"};
    claim(L, "CAP-02");
    const schedule *s = schedules[L1000];
    double at[4];
    for (size_t i = 0; i < 4; i++) {
        at[i] = mean_distance(s, when[i]);
        const moments m = drawn_distance(L, s, when[i], false);
        road_mean(L, "mixture_mean_x0", what[i], &m, at[i]);
    }
    const moments other = drawn_distance(L, s, 1, true);
    control_mean(L, "x_t of another particle, t = 1", &other, at[0], 204.0);
    if (lesson_random_only(L)) return;
    the_colours(L);
    the_readouts(L);
    six_digits(L, s, when, at, 4);
    road_below(L, "mixture_mean_x0", "blue lies on green at t = 1: mean distance < 0.02", at[0],
               0.02, 0.0);
    control_below(L, "the same at t = 100", at[1], 0.02, 0.0);
    evidence(L, "mean |x_0_hat - x_0|, L1000: %.4f (t = 1), %.3f (100), %.3f (400), %.4f (T)",
             at[0], at[1], at[2], at[3]);
}
