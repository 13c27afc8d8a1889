/* Lesson 3, part b.  How far from Gaussian is the kernel? */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "check/quad.h"
#include "lesson03.h"
#include "theory/schedule_spec.h"

/* q(x_0|x_1 = x_t) of a pair of bumps after one step beta. */
static double kl_one_step(double var, double beta, double x_t, double *error)
{
    mixture *pair = mixture_pair_alloc(var), *kernel = mixture_alloc(2, 1);
    schedule *one = schedule_from_beta_alloc(&beta, 1);
    double kl = (double)NAN;
    if (pair && kernel && one) {
        mixture_reverse_kernel(kernel, pair, one, 1, &x_t);
        kl = kl_of_kernel(kernel, error);
    }
    schedule_free(one);
    mixture_free(kernel);
    mixture_free(pair);
    return kl;
}

/* Slope of ln KL against ln beta over the decade that ends at `top`, by least squares. */
static double slope_of_decade(double var, double top, double x_t)
{
    double x[11], y[11], c0, slope, cov00, cov01, cov11, chi2, error;
    for (size_t i = 0; i < 11; i++) {
        const double beta = top * pow(10.0, -0.1 * (double)i);
        x[i] = log(beta);
        y[i] = log(kl_one_step(var, beta, x_t, &error));
    }
    gsl_fit_linear(x, 1, y, 1, 11, &c0, &slope, &cov00, &cov01, &cov11, &chi2);
    return slope;
}

/* The kernel of two bumps N(+-1, var) at step t: its divergence at x_t. */
typedef struct step {
    mixture *data, *kernel;
    const schedule *s;
    size_t t;
    double error;
} step;

static double kl_at(double x_t, void *params)
{
    step *a = params;
    double error;
    mixture_reverse_kernel(a->kernel, a->data, a->s, a->t, &x_t);
    const double kl = kl_of_kernel(a->kernel, &error);
    a->error = fmax(a->error, error);
    return kl;
}

/* Its average over q(x_t) = 1/2 N(+-centre, var): a sum over x_t.  The odds of the two bumps are
 * exp(odds) with odds = 2 centre x_t / var; beyond |odds| = 60 one bump is left, and the kernel is
 * normal. */
static double average_on_grid(step *a)
{
    const double centre = sqrt(a->s->alpha_bar[a->t]);
    const double var = a->s->alpha_bar[a->t] * a->data->var[0] + a->s->var_bar[a->t];
    const double reach = fmin(centre + 9.0 * sqrt(var), 30.0 * var / centre);
    const size_t n = 2 * (size_t)ceil(reach / fmin(0.3 * var / centre, 0.2 * sqrt(var)));
    const double h = 2.0 * reach / (double)n;
    double sum[2] = {0.0, 0.0};
    for (size_t i = 0; i <= n; i++) {
        const double x_t = -reach + h * (double)i,
                     q = blurred(a->data, centre, a->s->var_bar[a->t], &x_t, NULL);
        if (q < 1e-25) continue;
        const double term = h * q * kl_at(x_t, a);
        sum[0] += term;
        if (i % 2 == 0) sum[1] += 2.0 * term;
    }
    a->error += fabs(sum[0] - sum[1]);
    return sum[0];
}

/* At x_t, or on average when x_t is NULL. */
static double kl_at_step(double var, const schedule *s, size_t t, const double *x_t, double *error)
{
    step a = {mixture_pair_alloc(var), mixture_alloc(2, 1), s, t, 0.0};
    double kl = (double)NAN;
    if (a.data && a.kernel) kl = x_t ? kl_at(*x_t, &a) : average_on_grid(&a);
    if (error) *error = a.error;
    mixture_free(a.kernel);
    mixture_free(a.data);
    return kl;
}

/* The average over x_t, for two unequal bumps: Gauss-Hermite quadrature over the closed-form
 * kernel, against sums over two grids that know densities only. */
static void averages(lesson *L)
{
    const schedule *s = schedules[S10];
    const size_t t = 4;
    step a = {mixture_pair_alloc(0.25), mixture_alloc(2, 1), s, t, 0.0};
    double error = 0.0, sum[2] = {0.0, 0.0};
    if (!a.data || !a.kernel) return;
    a.data->weight[0] = 0.37, a.data->weight[1] = 0.63;
    a.data->mean[0] = -1.1, a.data->mean[1] = 0.83, a.data->var[1] = 0.17;
    const double average = mixture_expectation(a.data, s, t, kl_at, &a, 40);
    const double fewer = mixture_expectation(a.data, s, t, kl_at, &a, 32);
    for (size_t i = 0; i <= 160; i++) {
        const double h = 14.0 / 160.0, x_t = -7.0 + h * (double)i;
        const product p = {a.data, sqrt(s->alpha_bar[t - 1]), s->var_bar[t - 1], s->beta[t], x_t};
        const double q = blurred(a.data, sqrt(s->alpha_bar[t]), s->var_bar[t], &x_t, NULL);
        const double term = h * q * kl_by_bayes(p, &error);
        sum[0] += term;
        if (i % 2 == 0) sum[1] += 2.0 * term;
    }
    road(L, "mixture_expectation", "average over x_t, S10, t = 4, by sums alone", average, sum[0],
         a.error + error + fabs(average - fewer) + fabs(sum[0] - sum[1]));
    mixture_free(a.kernel);
    mixture_free(a.data);
    const double beta = 0.5;
    schedule *one = schedule_from_beta_alloc(&beta, 1);
    if (!one) return;
    say(L, "Average over x_t at beta = 0.5: %.4f nats; with bumps of sd 0.1 instead of 0.5: %.2f.",
        kl_at_step(0.25, one, 1, NULL, NULL), kl_at_step(0.01, one, 1, NULL, NULL));
    schedule_free(one);
}

void small_beta(lesson *L)
{
    claim(L, "REV-02");
    static const double betas[] = {0.5, 0.1, 0.01, 0.001};
    const double x_t = 0.3, var = 0.25;
    mixture *pair = mixture_pair_alloc(var);
    double kl[4], error = 0.0;
    gap g = {0};
    for (size_t i = 0; pair && i < 4; i++) {
        kl[i] = kl_one_step(var, betas[i], x_t, &error);
        const double reference = kl_by_bayes((product){pair, 1.0, 0.0, betas[i], x_t}, &error);
        gap_add(&g, i, kl[i], reference, error);
    }
    road_gap(L, "mixture_reverse_kernel", "KL from the matched normal, by sums over a grid", &g);
    /* ln KL = 3 ln beta + c_0 + c_1 beta + ...: the slope of a decade is 3 + O(beta).  The next
     * decade has a tenth of that error, which is removed by extrapolation; the remaining error
     * shrinks by 100 per decade, so that the change of the extrapolation bounds it. */
    const double slope[] = {slope_of_decade(var, 1e-2, x_t), slope_of_decade(var, 1e-3, x_t),
                            slope_of_decade(var, 1e-4, x_t)};
    const double first = (10.0 * slope[1] - slope[0]) / 9.0,
                 second = (10.0 * slope[2] - slope[1]) / 9.0;
    road(L, "mixture_reverse_kernel", "log-log slope of the KL, beta to 0", second, 3.0,
         fabs(second - first));
    control(L, "the KL falls like beta^2", second, 2.0, fabs(second - first));
    /* The constant: ln q = -x^2/(2v) + ln cosh(x/v) + const for the pair, hence (ln q)''' below. */
    const double a = 1.0 / var,
                 third = -2.0 * gsl_pow_3(a) * tanh(a * x_t) / gsl_pow_2(cosh(a * x_t));
    const double c[] = {kl_one_step(var, 1e-3, x_t, &error) * 1e9,
                        kl_one_step(var, 1e-4, x_t, &error) * 1e12,
                        kl_one_step(var, 1e-5, x_t, &error) * 1e15};
    const double c_first = (10.0 * c[1] - c[0]) / 9.0, c_second = (10.0 * c[2] - c[1]) / 9.0;
    road(L, "mixture_reverse_kernel", "KL / beta^3 tends to ((ln q)''')^2 / 12", c_second,
         third * third / 12.0, fabs(c_second - c_first));
    control(L, "with (ln q)'' for (ln q)'''", c_second,
            gsl_pow_2(a * a / gsl_pow_2(cosh(a * x_t)) - a) / 12.0, fabs(c_second - c_first));
    control_below(L, "beta = 0.5: the step costs less than 0.01 nats", kl[0], 0.01, 0.0);
    averages(L);
    evidence(L,
             "KL %.3g (beta 0.5), %.2g (0.1), %.2g (0.01), %.2g (0.001); slope over [1e-3,1e-2] "
             "%.3f, limit %.6f",
             kl[0], kl[1], kl[2], kl[3], slope[0], second);
    mixture_free(pair);
}

/* --- 3.3  What the limit does not guarantee ----------------------------------------------------
 * Data +-1.  At x_t = 0 the kernel is two equal bumps N(+-rho, 1) in units of their width, and
 *   KL = ln(1 + rho^2)/2 - rho^2 + E ln cosh(rho z),  z ~ N(rho, 1)
 *      = ln(1 + rho^2)/2 - ln 2 - 2 rho^2 Q(rho) + 2 rho phi(rho) + R,   Q = upper tail, phi =
 * density, with ln cosh u = |u| - ln 2 + ln(1 + e^{-2|u|}) and R the mean of the last of these
 * three; for large rho this is ln(rho) - ln 2.  By adding precisions rho^2 = mean^2 (alpha_t/beta_t
 * + 1/(1-abar_{t-1})). */
static double remainder_term(double z, void *params)
{
    const double rho = *(double *)params;
    return log1p(exp(-2.0 * rho * z)) * (normal_pdf(z, rho, 1.0) + normal_pdf(z, -rho, 1.0));
}

static double kl_two_bumps(quad *w, const schedule *s, size_t t, double *error)
{
    const double likelihood = s->alpha[t] / s->beta[t], prior = 1.0 / s->var_bar[t - 1];
    double rho = sqrt(s->alpha_bar[t - 1] / (likelihood + prior)) * prior;
    const double R =
        quad_interval(w, remainder_term, &rho, 0.0, fmin(rho + 12.0, 20.0 / rho), error);
    *error += 32 * GSL_DBL_EPSILON * (1.0 + rho * normal_pdf(0.0, rho, 1.0));
    return 0.5 * log1p(rho * rho) - M_LN2 - 2.0 * rho * rho * gsl_cdf_ugaussian_Q(rho) +
           2.0 * rho * normal_pdf(0.0, rho, 1.0) + R;
}

void feller(lesson *L)
{
    claim(L, "REV-03");
    quad *w = quad_alloc();
    if (!w) return;
    const double zero = 0.0;
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (size_t t = 2; t <= schedules[k]->T; t += t < 60 ? 1 : 47) {
            double error, other;
            const double kl = kl_at_step(0.0, schedules[k], t, &zero, &error);
            const double reference = kl_two_bumps(w, schedules[k], t, &other);
            gap_add(&g, t, kl, reference, error + other);
        }
    road_gap(L, "mixture_reverse_kernel", "KL at x_t = 0 in closed form, 4 schedules", &g);
    double e, most = 0.0;
    size_t at = 0;
    for (size_t t = 2; t <= 300; t += 7) { /* the peak is broad, and far below t = 300 */
        const double kl = kl_at_step(0.0, schedules[L1000], t, NULL, &e);
        if (kl > most) most = kl, at = t;
    }
    const double first = kl_at_step(0.0, schedules[L1000], 2, &zero, &e);
    const double coarse = kl_at_step(0.0, schedules[S10], 3, NULL, &e);
    printed_below(L, "valid at every x_t: below 0.01 nats (L1000, x_t = 0)", first, 0.01, 0.0);
    printed_below(L, "valid on average: below 0.01 nats (S10, t = 3)", coarse, 0.01, 0.0);
    /* The correction: at a fixed noise level q_{t-1} is smooth, and a finer schedule helps as
     * beta^3: here by nearly 4^3.  At t = 2 the noise level falls with beta, and nothing is gained.
     */
    schedule *fine = schedule_linear_alloc(4000, 2.5e-5, 0.005);
    if (!fine) return;
    const double middle = kl_at_step(0.0, schedules[L1000], 50, &zero, &e);
    const double finer = kl_at_step(0.0, fine, 200, &zero, &e);
    road_below(L, "mixture_reverse_kernel", "4 times the steps: the KL falls over 32-fold", finer,
               middle / 32.0, 0.0);
    control_below(L, "the same at t = 2: the data are not smooth",
                  kl_at_step(0.0, fine, 2, &zero, &e), first / 32.0, 0.0);
    road_below(L, "mixture_reverse_kernel", "on average over x_t, L1000: below 1e-5 nats", most,
               1e-5, 0.0);
    say(L, "The theorem speaks of beta to 0 and a smooth density. Two points, t = 2, x_t = 0: no "
           "schedule is fine enough.");
    evidence(L,
             "data +-1, x_t = 0, L1000: KL %.2f (t=2), %.2f (10), %.4f (50); averages: L1000 at "
             "most %.2g (t=%zu), S10 t=3 %.4f",
             first, kl_at_step(0.0, schedules[L1000], 10, &zero, &e), middle, most, at, coarse);
    schedule_free(fine);
    quad_free(w);
}

/* --- Figures --------------------------------------------------------------------------------- */

static void figure_beta(lesson *L)
{
    data_file *f = data_open(L, "beta", "beta KL_at_0.3 KL_average KL_average_narrow law");
    double error;
    const double third =
        2.0 * 64.0 * tanh(1.2) / gsl_pow_2(cosh(1.2)); /* of ln q at 0.3: section 3.2 */
    for (size_t i = 0; f && i <= 28; i++) {
        const double beta = pow(10.0, -3.0 + 0.1 * (double)i);
        schedule *one = schedule_from_beta_alloc(&beta, 1);
        if (!one) break;
        data_line(f, "%.9g %.9g %.9g %.9g %.9g", beta, kl_one_step(0.25, beta, 0.3, &error),
                  kl_at_step(0.25, one, 1, NULL, NULL), kl_at_step(0.01, one, 1, NULL, NULL),
                  gsl_pow_3(beta) * third * third / 12.0);
        schedule_free(one);
    }
    data_close(f);
}

/* The kernel in its own standard deviations, at x_t = 0.3. */
static void figure_kernel(lesson *L)
{
    data_file *f = data_open(L, "kernel", "z density");
    static const double betas[] = {0.5, 0.1, 0.01};
    mixture *pair = mixture_pair_alloc(0.25), *kernel = mixture_alloc(2, 1);
    const double x_t = 0.3;
    for (size_t b = 0; f && pair && kernel && b < 3; b++) {
        schedule *one = schedule_from_beta_alloc(&betas[b], 1);
        if (!one) break;
        mixture_reverse_kernel(kernel, pair, one, 1, &x_t);
        const double mean =
            kernel->weight[0] * kernel->mean[0] + kernel->weight[1] * kernel->mean[1];
        const double away = kernel->mean[1] - kernel->mean[0];
        const double sd =
            sqrt(kernel->var[0] + kernel->weight[0] * kernel->weight[1] * away * away);
        for (double z = -3.5; z < 3.51; z += 0.05) {
            const double x = mean + sd * z;
            data_line(f, "%.4f %.9g", z, sd * exp(mixture_log_pdf(kernel, &x)));
        }
        data_gap(f);
        data_gap(f);
        schedule_free(one);
    }
    mixture_free(kernel);
    mixture_free(pair);
    data_close(f);
}

static void figure_feller(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    data_file *f = data_open(L, "feller", "t KL_at_0 KL_average");
    const double zero = 0.0;
    double error;
    for (size_t t = 2; f && t <= s->T; t += 1 + t / 12)
        data_line(f, "%zu %.9g %.9g", t, kl_at_step(0.0, s, t, &zero, &error),
                  kl_at_step(0.0, s, t, NULL, NULL));
    data_close(f);
    schedule_free(s);
}

void figures_of_kernels(lesson *L)
{
    figure_beta(L);
    figure_kernel(L);
    figure_feller(L);
}
