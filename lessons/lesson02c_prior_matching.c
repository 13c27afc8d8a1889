/* Lesson 2, part c.  The law of x_T itself: how close to N(0, 1), for which data? */
#include <math.h>
#include <stdio.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_trig.h>

#include "lesson02.h"
#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/mixture.h"

/* --- 2.4  Does the chain reach N(0, I)? ----------------------------------------------------------
 * Cauchy data: x_T = scale C + sd eps, C standard Cauchy.  First road, the characteristic function
 * exp(-scale |k| - sd^2 k^2/2):
 *      q(x) = 1/pi int_0^inf cos(kx) ... dk,     P(|x_T| < c) = 2/pi int_0^inf sin(kc)/k ... dk. */
typedef struct voigt {
    double scale, sd, x;
    quad *w;
} voigt;

static voigt end_of(const schedule *s, quad *w)
{
    return (voigt){sqrt(s->alpha_bar[s->T]), sqrt(s->var_bar[s->T]), 0.0, w};
}

static double characteristic(const voigt *v, double k)
{
    return exp(-v->scale * k - 0.5 * gsl_pow_2(v->sd * k));
}

static double sine_wave(double k, void *params)
{
    const voigt *v = params;
    return M_2_PI * v->x * gsl_sf_sinc(k * v->x * M_1_PI) * characteristic(v, k);
}

static double cosine_wave(double k, void *params)
{
    const voigt *v = params;
    return M_1_PI * cos(k * v->x) * characteristic(v, k);
}

/* An entire function with at most 40 waves on 0 .. 13/sd, where exp(-84) remains: 512 nodes are
 * more than enough, and 256 tell by how much. */
static double density(voigt v, double x, double *abserr)
{
    v.x = x;
    gsl_function f = {cosine_wave, &v};
    const double q = gsl_integration_glfixed(&f, 0.0, 13.0 / v.sd, nodes[2]);
    *abserr =
        fabs(q - gsl_integration_glfixed(&f, 0.0, 13.0 / v.sd, nodes[1])) + 8 * GSL_DBL_EPSILON;
    return q;
}

static double inside(voigt v, double c, double *abserr)
{
    v.x = c;
    return quad_interval(v.w, sine_wave, &v, 0.0, 13.0 / v.sd, abserr);
}

/* Second road: given C = +-e^r (probability density sech(r)/pi of r), x_T is normal.  The mass
 * beyond |r| = 40 is below 1e-17. */
static double beyond_given(double r, void *params)
{
    const voigt *v = params;
    const double y = v->scale * exp(r);
    return M_1_PI / cosh(r) *
           (gsl_cdf_ugaussian_Q((v->x - y) / v->sd) + gsl_cdf_ugaussian_Q((v->x + y) / v->sd));
}

static double beyond(voigt v, double c, double *abserr)
{
    v.x = c;
    const double p = quad_interval(v.w, beyond_given, &v, -40.0, 40.0, abserr);
    *abserr += 1e-17;
    return p;
}

/* Where q crosses the normal density: q < p inside, q > p outside. */
static double crossing(voigt v)
{
    double low = 0.5, high = 3.0, abserr;
    for (int i = 0; i < 50; i++) {
        const double middle = 0.5 * (low + high);
        if (density(v, middle, &abserr) < gsl_ran_ugaussian_pdf(middle))
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* |q - p|: the sign is not assumed, so that a second crossing, if there were one, would show. */
static double distance_density(double x, void *params)
{
    double abserr;
    return fabs(density(*(const voigt *)params, x, &abserr) - gsl_ran_ugaussian_pdf(x));
}

/* int_a^b |q - p| dx in two halves, minus the same in one piece. */
static double distance(voigt v, double a, double b, double *change)
{
    gsl_function f = {distance_density, &v};
    const double fine = gsl_integration_glfixed(&f, a, 0.5 * (a + b), nodes[0]) +
                        gsl_integration_glfixed(&f, 0.5 * (a + b), b, nodes[0]);
    *change = fabs(fine - gsl_integration_glfixed(&f, a, b, nodes[0]));
    return fine;
}

/* Total variation 1/2 int |q - p| = int_0^12 |q - p| dx + (P(|x_T| > 12) - P(|Z| > 12))/2.
 * The densities are right to a few eps (density() measures 8), over the length 12. */
static double total_variation(voigt v, double c, double *error)
{
    double near, far, tail_error;
    const double core = distance(v, 0.0, c, &near) + distance(v, c, 12.0, &far);
    const double tail = 0.5 * (1.0 - inside(v, 12.0, &tail_error));
    *error = near + far + 12.0 * 16.0 * GSL_DBL_EPSILON + tail_error;
    return core + tail;
}

/* int over R < |x| < 2R of q ln(q/p); far out the Cauchy density is smooth on the scale of eps. */
static double shifted_cauchy(double noise, void *params)
{
    const voigt *v = params;
    return gsl_ran_cauchy_pdf(v->x - v->sd * noise, v->scale);
}

static double far_divergence(double x, void *params)
{
    voigt v = *(const voigt *)params;
    v.x = x;
    const double q = quad_hermite(shifted_cauchy, &v, 0.0, 1.0, 16, NULL);
    return 2.0 * q * (log(q) + 0.5 * x * x + 0.5 * log(2.0 * M_PI));
}

static void cauchy_data(lesson *L, quad *w)
{
    gap distance = {0}, tail = {0};
    double tv[N_SCHEDULES], far[N_SCHEDULES], error = 0.0, error_far = 0.0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const voigt v = end_of(schedules[k], w);
        const double c = crossing(v);
        double e1, e2;
        tv[k] = total_variation(v, c, &e1);
        const double excess = beyond(v, c, &e2) - 2.0 * gsl_cdf_ugaussian_Q(c);
        gap_add(&distance, schedules[k]->T, excess, tv[k], e1 + e2);
        if (k == L1000) error = e1 + e2;
        far[k] = 1.0 - inside(v, 6.0, &e1);
        const double mass = beyond(v, 6.0, &e2);
        gap_add(&tail, schedules[k]->T, mass, far[k], e1 + e2);
        if (k == L1000) error_far = e1 + e2;
    }
    road_gap(L, NULL, "Cauchy data: TV(q(x_T), N) by two integrals", &distance);
    road_gap(L, NULL, "Cauchy data: P(|x_T| > 6) by two integrals", &tail);
    printed(L, "Cauchy data on L1000: TV = 0", 0.0, tv[L1000], error);
    printed(L, "Cauchy data on L1000: P(|x_T| > 6) as for N(0,1)", 2.0 * gsl_cdf_ugaussian_Q(6.0),
            far[L1000], error_far);
    size_t rises = 0;
    for (size_t k = 1; k < N_SCHEDULES; k++) rises += !(tv[k] < tv[k - 1]);
    road_all(L, NULL, "corrected: TV falls with abar_T, 6 schedules", rises, N_SCHEDULES - 1);
    const voigt v = end_of(schedules[L1000], w);
    for (double R = 1e2; R < 2e4; R *= 100.0) {
        char what[64];
        double abserr;
        voigt here = v;
        const double piece = quad_interval(w, far_divergence, &here, R, 2.0 * R, &abserr);
        snprintf(what, sizeof what, "KL infinite: its part from R = %g to 2R exceeds", R);
        road_below(L, NULL, what, 0.99 * v.scale * R / M_PI, piece, abserr);
    }
    say(L, "Small abar_T: TV is about 0.487 sqrt(abar_T), as slow as the mean of x_T.");
    evidence(L, "Cauchy, L1000: TV %.2e, P(|x_T|>6) %.1e (normal %.0e), KL infinite; BAD50 TV %.3f",
             tv[L1000], far[L1000], 2.0 * gsl_cdf_ugaussian_Q(6.0), tv[BAD50]);
}

/* Data +-1: x_T ~ N(+-m, 1 - m^2), m^2 = abar_T, and
 *      ln q/p = -m^2 (x^2 + 1)/(2 - 2 m^2) + ln cosh(m x/(1 - m^2)) - ln(1 - m^2)/2.
 * The terms of order m^2 cancel; ln cosh a = log1p(2 sinh^2(a/2)) keeps what remains. */
typedef struct pair {
    const schedule *s;
    mixture *m;
    bool theory;
} pair;

static double pair_divergence(double x, void *params)
{
    const pair *p = params;
    const schedule *s = p->s;
    const double m2 = s->alpha_bar[s->T], var = 1.0 - m2, normal = gsl_ran_ugaussian_pdf(x);
    if (p->theory) return normal * phi(mixture_log_pdf_t(p->m, s, s->T, &x) - log(normal));
    const double half = 0.5 * sqrt(m2) * x / var;
    return normal *
           phi(log1p(2.0 * gsl_pow_2(sinh(half))) - 0.5 * (m2 * (x * x + 1.0) / var + log1p(-m2)));
}

/* Both logarithms carry about 16 eps (1 + x^2); with d = ln q/p, phi(d) is then wrong by |d| times
 * that, on average below 16 eps sqrt(E d^2 E(1+x^2)^2) = 16 eps sqrt(2 KL) sqrt(6), and by its
 * square. */
static double pair_kl(quad *w, size_t k, mixture *m, gap *g, double *error)
{
    pair p = {schedules[k], m, true};
    gsl_function f = {pair_divergence, &p};
    const double value = gsl_integration_glfixed(&f, -16.0, 16.0, nodes[2]);
    const double change = fabs(value - gsl_integration_glfixed(&f, -16.0, 16.0, nodes[1]));
    const double rounding = 40.0 * GSL_DBL_EPSILON;
    double abserr;
    p.theory = false;
    const double kl = quad_interval(w, pair_divergence, &p, -16.0, 16.0, &abserr);
    *error = change + abserr + rounding * sqrt(2.0 * kl) + rounding * rounding;
    gap_add(g, schedules[k]->T, value, kl, *error);
    return kl;
}

static void two_point_data(lesson *L, quad *w)
{
    mixture *m = mixture_pair_alloc(0.0);
    if (!m) return;
    gap g = {0};
    double kl[N_SCHEDULES], error[N_SCHEDULES];
    size_t rises = 0;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        kl[k] = pair_kl(w, k, m, &g, &error[k]);
        rises += k > 0 && !(kl[k] < kl[k - 1] && kl[k] > 0.0);
    }
    road_gap(L, "mixture_log_pdf_t", "data +-1: KL(q(x_T)||N) by quadrature", &g);
    road_all(L, NULL, "corrected: KL falls with abar_T, never to 0", rises, N_SCHEDULES - 1);
    printed(L, "data +-1 on BAD50: KL = 0", 0.0, kl[BAD50], error[BAD50]);
    printed(L, "data +-1 on L1000: KL = 0", 0.0, kl[L1000], error[L1000]);
    say(L, "Data +-1: KL = %.1e on L1000 (abar_T^4/12 = %.1e), %.4f on BAD50.", kl[L1000],
        gsl_pow_4(schedules[L1000]->alpha_bar[1000]) / 12.0, kl[BAD50]);
    mixture_free(m);
}

void never_quite_normal(lesson *L, quad *w)
{
    claim(L, "PRI-03");
    if (!lesson_random_only(L)) {
        cauchy_data(L, w);
        two_point_data(L, w);
    }
    const schedule *s = schedules[BAD50];
    moments m = {0};
    for (size_t i = 0, N = lesson_samples(L, 10000); i < N; i++) {
        double x = 1.0;
        for (size_t t = 1; t <= s->T; t++)
            x = sqrt(1.0 - s->beta[t]) * x +
                sqrt(s->beta[t]) * gsl_ran_gaussian_ziggurat(lesson_rng(L), 1.0);
        moments_add(&m, x);
    }
    road_mean(L, "forward_jump", "corrected: mean of x_T from x_0 = 1 (BAD50)", &m,
              forward_jump(s, s->T, 1.0, 0.0));
    printed_mean(L, "x_T ~ N(0,1): its mean is 0 (BAD50)", &m, 0.0, 123.0);
}

/* --- 2.5  What x_T still knows about x_0 --------------------------------------------------------
 *      E_{x_0} KL(q(x_T|x_0)||p) - KL(q(x_T)||p) = I(x_0; x_T) >= 0,
 * the mutual information.  For data +-1 the posterior is (1 +- tau)/2 with tau = tanh(m x/(1-m^2)),
 * and I = E (ln 2 - its entropy) = E ((1+tau) ln(1+tau) + (1-tau) ln(1-tau))/2. */
static double information_density(double x, void *params)
{
    const schedule *s = params;
    const double m2 = s->alpha_bar[s->T], var = 1.0 - m2, m = sqrt(m2),
                 tau = tanh(m * fabs(x) / var);
    const double q =
        0.5 * (gsl_ran_gaussian_pdf(x - m, sqrt(var)) + gsl_ran_gaussian_pdf(x + m, sqrt(var)));
    return 0.5 * q * ((1.0 + tau) * log1p(tau) + (tau < 1.0 ? (1.0 - tau) * log1p(-tau) : 0.0));
}

/* The two logarithms cancel to first order: 4 eps E|tau| <= 4 eps m/(1-m^2) E|x|. */
static gap informations(quad *w, mixture *m, double unit)
{
    gap g = {0}, unused = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        schedule *s = schedules[k];
        double abserr, error;
        const double bits = unit * quad_interval(w, information_density, s, -16.0, 16.0, &abserr);
        const double abar = s->alpha_bar[s->T], kl = pair_kl(w, k, m, &unused, &error);
        gap_add(&g, s->T, elbo_prior(s, 1.0), kl + bits,
                2.0 * abserr + GSL_DBL_EPSILON *
                                   (64.0 * kl + 8.0 * abar + 4.0 * sqrt(abar) / s->var_bar[s->T]));
    }
    return g;
}

void marginal_below_average(lesson *L, quad *w)
{
    claim(L, "PRI-05");
    mixture *m = mixture_pair_alloc(0.0);
    if (!m) return;
    const gap nats = informations(w, m, 1.0), bits = informations(w, m, 1.0 / M_LN2);
    road_gap(L, "elbo_prior", "data +-1: E L_T = KL(q(x_T)||p) + I(x_0;x_T)", &nats);
    control_gap(L, "I in bits", &bits);
    gap unused = {0};
    double kl[N_SCHEDULES];
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        char what[64];
        double error;
        kl[k] = pair_kl(w, k, m, &unused, &error);
        snprintf(what, sizeof what, "%s: KL(q(x_T)||p) below E L_T", schedule_names[k]);
        road_below(L, NULL, what, kl[k], elbo_prior(schedules[k], 1.0), 0.0);
    }
    control_below(L, "BAD50, the two sides swapped", elbo_prior(schedules[BAD50], 1.0), kl[BAD50],
                  0.0);
    evidence(L, "data +-1, KL of q(x_T) against E L_T: %.0e, %.2g (L1000); %.4f, %.4f (BAD50)",
             kl[L1000], elbo_prior(schedules[L1000], 1.0), kl[BAD50],
             elbo_prior(schedules[BAD50], 1.0));
    mixture_free(m);
}

/* --- Figure: where Cauchy data end ----------------------------------------------------------- */

void write_cauchy(lesson *L, quad *w)
{
    data_file *f = data_open(L, "cauchy", "x normal L1000 BAD50");
    for (int n = 0; f && n <= 80; n++) {
        const double x = 0.1 * n;
        double abserr;
        data_line(f, "%.9g %.9g %.9g %.9g", x, gsl_ran_ugaussian_pdf(x),
                  density(end_of(schedules[L1000], w), x, &abserr),
                  density(end_of(schedules[BAD50], w), x, &abserr));
    }
    data_close(f);
}
