/* Lesson 6, part b.  The bound of a chain and its gap. */
#include <math.h>

#include <gsl/gsl_machine.h>
#include <gsl/gsl_math.h>

#include "lesson06.h"
#include "theory/law.h"

/* --- 6.2  T latent variables --------------------------------------------------------------------
 * L_VLB in the form in which it is used, from src/theory: L_T + sum of KLs + L_0, each expectation
 * over q(x_t|x_0) a sum. */
typedef struct term {
    const schedule *s;
    const reverse_model *p;
    size_t t;
    double x_0;
} term;

static double denoising_term(double x_t, const term *a)
{
    return a->t == 1 ? -elbo_reverse_log_pdf(a->p, 1, a->x_0, x_t)
                     : elbo_denoising(a->s, a->t, a->p, x_t, a->x_0);
}

/* E over q(x_t|x_0), trapezoidal rule from -9 to 9 standard deviations; the error is the change
 * that every second node makes. */
static double expected(const term *a, double *error)
{
    enum { n = 720 };
    const double h = 18.0 / n, sd = sqrt(a->s->var_bar[a->t]);
    double sum[2] = {0.0, 0.0};
    for (size_t i = 0; i <= n; i++) {
        const double z = h * (double)i - 9.0, weight = h * exp(log_normal(z, 0.0, 1.0));
        const double value =
            weight * denoising_term(sqrt(a->s->alpha_bar[a->t]) * a->x_0 + sd * z, a);
        sum[0] += value;
        if (i % 2 == 0) sum[1] += 2.0 * value;
    }
    *error += fabs(sum[0] - sum[1]) + 64 * GSL_DBL_EPSILON * fabs(sum[0]);
    return sum[0];
}

double elbo_of(const schedule *s, const reverse_model *p, double x_0, double *error)
{
    double sum = -elbo_prior(s, x_0);
    *error = 0.0;
    for (size_t t = 1; t <= s->T; t++) sum -= expected(&(term){s, p, t, x_0}, error);
    return sum;
}

/* The bound as first written down: E log p(x_T) + sum_t E [log p(x_{t-1}|x_t) - log
 * q(x_t|x_{t-1})]. Two of the three are closed form; the third is a double sum over x_{t-1} =
 * sqrt(abar) x_0 + sd z and x_t = sqrt(alpha) x_{t-1} + sqrt(beta) e.  No posterior, no KL, no
 * telescoping. */
static double pair_sum(const schedule *s, const reverse_model *p, size_t t, double x_0, size_t n)
{
    double sum = 0.0;
    const double h = 18.0 / (double)n, sd = sqrt(s->var_bar[t - 1]);
    for (size_t i = 0; i <= n; i++) {
        const double z = t == 1 ? 0.0 : h * (double)i - 9.0; /* at t = 1, x_{t-1} is x_0 itself */
        const double weight = t == 1 ? 1.0 / (double)(n + 1) : h * exp(log_normal(z, 0.0, 1.0));
        const double x_prev = sqrt(s->alpha_bar[t - 1]) * x_0 + sd * z;
        for (size_t j = 0; j <= n; j++) {
            const double e = h * (double)j - 9.0,
                         x_t = sqrt(s->alpha[t]) * x_prev + sqrt(s->beta[t]) * e;
            const double density = h * exp(log_normal(e, 0.0, 1.0));
            sum += weight * density *
                   log_normal(x_prev, p->mean(x_t, t, p->params), p->var(x_t, t, p->params));
        }
    }
    return sum;
}

static double elbo_first_written(const schedule *s, const reverse_model *p, double x_0,
                                 double *error)
{
    const double second = s->alpha_bar[s->T] * x_0 * x_0 + s->var_bar[s->T]; /* E x_T^2 */
    double sum = -0.5 * (log(2.0 * M_PI) + second);
    for (size_t t = 1; t <= s->T; t++) {
        const double fine = pair_sum(s, p, t, x_0, 112);
        sum += fine + 0.5 * (log(2.0 * M_PI * s->beta[t]) + 1.0);
        *error +=
            fabs(fine - pair_sum(s, p, t, x_0, 56)) + 64 * GSL_DBL_EPSILON * (fabs(fine) + 3.0);
    }
    return sum;
}

static const double points[] = {-0.35, 0.9, 1.73};
static const char *const choices[] = {"beta", "beta_tilde"};

/* Bound against log p_theta for one schedule and variance; counts the points where it fails. */
static void bound_below(lesson *L, mixture *m, const schedule *s, weight_variance choice,
                        size_t *violations, size_t *reversed)
{
    reverse_oracle o;
    const reverse_model p = reverse_of_mixture(&o, m, s, choice);
    law *fine = law_alloc(s->T, 0, &p, 6.0, 6.0), *coarse = law_alloc(s->T, 0, &p, 6.0, 4.0);
    for (size_t i = 0; fine && coarse && i < 3; i++) {
        double error;
        const double log_p = log(law_pdf(fine, points[i])),
                     abserr = fabs(log_p - log(law_pdf(coarse, points[i]))),
                     elbo = elbo_of(s, &p, points[i], &error);
        *violations += !(elbo <= log_p + abserr);
        *reversed += !(log_p <= elbo + error);
        if (i == 1)
            say(L, "x_0 = 0.9, T = %zu, sigma^2 = %s: log p = %.5f, ELBO = %.5f, gap %.5f", s->T,
                choices[choice == SIGMA_BETA_TILDE], log_p, elbo, log_p - elbo);
        if (i == 1 && s->T == 10 && choice == SIGMA_BETA)
            evidence(
                L, "N(+-1, 0.04), S10, sigma^2 = beta, x_0 = 0.9: log p %.5f, ELBO %.5f, gap %.5f",
                log_p, elbo, log_p - elbo);
    }
    law_free(fine);
    law_free(coarse);
}

/* + sum KL for - sum KL, N(0,1) data on S50, where everything is closed form. */
static void wrong_sign(lesson *L)
{
    const schedule *s = schedules[S50];
    linear_chain *c = linear_chain_alloc(s, 0.0, 1.0, SIGMA_BETA);
    if (!c) return;
    double kl = 0.0;
    for (size_t t = 2; t <= s->T; t++) kl += linear_denoising(s, c, t, 1.0);
    const double log_p = log_normal(1.0, 0.0, 1.0);
    control_below(L, "plus before the KL sum (N(0,1) data, S50): a bound",
                  -linear_decoder(s, c, 1.0) - elbo_prior(s, 1.0) + kl, log_p, 0.0);
    linear_chain_free(c);
}

void jensen_for_a_chain(lesson *L)
{
    claim(L, "ELB-02");
    mixture *m = mixture_pair_alloc(0.04);
    if (!m) return;
    gap g = {0}, shifted = {0};
    for (int choice = 0; choice < 2; choice++)
        for (size_t i = 0; i < 3; i++) {
            const schedule *s = schedules[S10];
            reverse_oracle o;
            const reverse_model p =
                reverse_of_mixture(&o, m, s, choice ? SIGMA_BETA_TILDE : SIGMA_BETA);
            double error;
            const double elbo = elbo_of(s, &p, points[i], &error), prior = elbo_prior(s, points[i]);
            const double reference = elbo_first_written(s, &p, points[i], &error);
            gap_add(&g, i, elbo, reference, error);
            gap_add(&shifted, i, elbo + prior, reference, error);
        }
    road_gap(L, "elbo_denoising", "the bound as first written, double sums, S10", &g);
    control_gap(L, "the prior term L_T left out", &shifted);
    size_t violations = 0, reversed = 0;
    bound_below(L, m, schedules[S10], SIGMA_BETA, &violations, &reversed);
    bound_below(L, m, schedules[S10], SIGMA_BETA_TILDE, &violations, &reversed);
    bound_below(L, m, schedules[S50], SIGMA_BETA, &violations, &reversed);
    bound_below(L, m, schedules[S50], SIGMA_BETA_TILDE, &violations, &reversed);
    road_all(L, NULL, "the bound is below log p_theta", violations, 12);
    control_all(L, "the bound is above log p_theta", reversed, 12);
    wrong_sign(L);
    mixture_free(m);
}

/* --- The gap ------------------------------------------------------------------------------------
 * Both path laws are Gaussian with tridiagonal precision, so that their divergence
 *   KL(q||p) = 1/2 [ tr(Lambda Sigma_q) - T + r' Lambda^{-1} r - ln det Sigma_q - ln det Lambda ],
 * Lambda the precision of p_theta(x_{1:T}|x_0), eta its linear term, r = Lambda m_q - eta, costs
 * O(T): LDL' factors of a tridiagonal matrix.  det Sigma_q = prod beta_t.  The rounding error is
 * carried along. */
static double kl_of_paths(const schedule *s, const linear_chain *c, double x_0, double *error)
{
    const size_t T = s->T;
    double kl = 0.0, pivot = 1.0, y = 0.0, pivot_error = 0.0, y_error = 0.0;
    *error = 0.0;
    for (size_t t = 1; t <= T; t++) {
        const double own = c->a[t] * c->a[t] / c->var[t], next = t < T ? 1.0 / c->var[t + 1] : 1.0;
        const double up = t < T ? -c->a[t + 1] / c->var[t + 1] : 0.0,
                     down = t > 1 ? -c->a[t] / c->var[t] : 0.0;
        const double m = sqrt(s->alpha_bar[t]) * x_0;
        const double m_down = t > 1 ? sqrt(s->alpha_bar[t - 1]) * x_0 : 0.0;
        const double m_up = t < T ? sqrt(s->alpha_bar[t + 1]) * x_0 : 0.0;
        /* row t of Lambda Sigma_q has the diagonal element below; Cov(x_t,x_{t+1}) =
         * sqrt(alpha_{t+1}) v_t */
        const double trace = (own + next) * s->var_bar[t] +
                             (t < T ? 2.0 * up * sqrt(s->alpha[t + 1]) * s->var_bar[t] : 0.0);
        const double trace_size = (own + next) * s->var_bar[t] + 2.0 * fabs(up) * s->var_bar[t];
        const double eta =
            (t == 1 ? c->a[1] * (x_0 - c->b[1]) / c->var[1] : -c->a[t] * c->b[t] / c->var[t]) +
            (t < T ? c->b[t + 1] / c->var[t + 1] : 0.0);
        const double r = (own + next) * m + down * m_down + up * m_up - eta;
        const double r_error = 8 * GSL_DBL_EPSILON *
                               ((own + next) * (fabs(m) + fabs(x_0)) + fabs(down * m_down) +
                                fabs(up * m_up) + fabs(eta));
        const double factor = t > 1 ? down / pivot : 0.0; /* pivot and y still belong to t - 1 */
        const double d = own + next - factor * down;
        pivot_error = (8 * GSL_DBL_EPSILON * (own + next + fabs(factor * down)) +
                       fabs(factor * down) * pivot_error) /
                      d;
        y_error = r_error + fabs(factor) * (y_error + fabs(y) * pivot_error);
        y = r - factor * y;
        pivot = d;
        kl += 0.5 * (trace - 1.0 + y * y / d - log(s->beta[t]) - log(d));
        *error += pivot_error + 8 * GSL_DBL_EPSILON * (trace_size + 2.0 + fabs(log(d))) +
                  fabs(y) * y_error / d + y_error * y_error / d;
    }
    return kl;
}

typedef struct gaussian_data {
    double m, v;
} gaussian_data;

/* The chain under study: mu_theta = E[x_{t-1}|x_t], placed by Bayes' rule between the data,
 * N(before m, u) at t-1, and x_t. */
static void best_network(lesson *L)
{
    gap g = {0};
    const double m = 0.43, v = 0.61, x_t = -1.283;
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        const schedule *s = schedules[k];
        linear_chain *c = linear_chain_alloc(s, m, v, SIGMA_BETA_TILDE);
        for (size_t t = 1; c && t <= s->T; t++) {
            const double before = sqrt(s->alpha_bar[t - 1]), root = sqrt(s->alpha[t]);
            const double u = before * before * v + s->var_bar[t - 1],
                         sum = s->beta[t] + s->alpha[t] * u;
            /* 1 - beta_t/V_t cancels where beta_t is nearly V_t: relative to 1/root, 16 roundings.
             */
            gap_add(&g, t, c->a[t] * x_t + c->b[t],
                    (s->beta[t] * before * m + u * root * x_t) / sum,
                    16 * GSL_DBL_EPSILON * (fabs(x_t) + m) / root);
        }
        linear_chain_free(c);
    }
    road_gap(L, "linear_chain_alloc", "the chain has mu_theta = E[x_{t-1}|x_t], all t", &g);
}

/* log p - ELBO against the divergence of the paths: 4 schedules, 3 data laws, both variances, 3
 * points. */
void gap_of_paths(lesson *L)
{
    claim(L, "ELB-03");
    best_network(L);
    static const gaussian_data data[] = {{0.0, 1.0}, {0.43, 0.61}, {-0.29, 3.7}};
    static const double x[] = {0.0, 0.73, -1.9};
    gap paths = {0}, none = {0}, tilde = {0}, half = {0};
    double seen[2] = {0.0, 0.0};
    for (size_t i = 0; i < N_SCHEDULES * 3 * 2; i++) {
        const schedule *s = schedules[i / 6];
        const weight_variance choice = i % 2 ? SIGMA_BETA_TILDE : SIGMA_BETA;
        const gaussian_data *source = &data[i / 2 % 3];
        linear_chain *c = linear_chain_alloc(s, source->m, source->v, choice);
        for (size_t k = 0; c && k < 3; k++) {
            double error;
            const double gap_seen = linear_log_evidence(c, x[k]) + linear_vlb(s, c, x[k]);
            const double kl = kl_of_paths(s, c, x[k], &error);
            error += 16 * GSL_DBL_EPSILON * (double)s->T *
                     (1.0 + fabs(gap_seen)); /* T terms of the bound */
            gap_add(&paths, s->T, gap_seen, kl, error);
            gap_add(&half, s->T, 0.5 * gap_seen, kl, error);
            if (source->v == 1.0)
                gap_add(choice == SIGMA_BETA ? &none : &tilde, s->T, gap_seen, 0.0, error);
            if (source->v == 1.0 && choice == SIGMA_BETA_TILDE && k == 0 && i / 6 % 2 == 0)
                seen[i / 6 / 2] = gap_seen;
        }
        linear_chain_free(c);
    }
    road_gap(L, "linear_vlb", "log p - ELBO = KL of two T-dimensional Gaussians", &paths);
    road_gap(L, "linear_log_evidence", "N(0,1) data, sigma^2 = beta: no gap, 4 schedules", &none);
    control_gap(L, "no gap with sigma^2 = beta_tilde", &tilde);
    control_gap(L, "half of the gap", &half);
    evidence(L,
             "N(0,1) data: gap 0 with beta; with beta_tilde at x_0 = 0: %.4f (S10), %.4f (L1000)",
             seen[0], seen[1]);
}
