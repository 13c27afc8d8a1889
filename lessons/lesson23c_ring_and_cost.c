/* Lesson 23, part c.  A bound with standard errors, and the number of network calls behind it. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_math.h>

#include "lesson23.h"
#include "theory/weight.h"
#include "train/evaluate.h"
#include "train/experiment.h"

enum { BUMPS = 8 };
static const double bump_var = 0.0025;

/* --- 23.2  The ring -----------------------------------------------------------------------------
 * Its bumps are 15 standard deviations apart, so that its entropy is that of one bump and of the
 * choice among eight: ln 8 + ln(2 pi e var), to e^{-28}. */
static double ring_entropy(void)
{
    return log((double)BUMPS) + log(2.0 * M_PI * M_E * bump_var);
}

/* The terms beside those of a perfect network, for the figure.  A term splits into what the network
 * cannot change (a divergence of variances; at t = 1 the width of the decoder) and w_t |eps - eps_hat|^2,
 * whose smallest mean is w_t D bayes_t. */
static double best_term(const schedule *s, size_t t, double bayes)
{
    const double sigma2 = s->beta[t], ratio = s->beta_tilde[t] / sigma2;
    const double fixed = t == 1 ? 0.5 * log(2.0 * M_PI * sigma2) : 0.5 * (ratio - 1.0 - log(ratio));
    return 2.0 * (fixed + weight_eps(s, t, sigma2) * bayes);
}

static void write_terms(lesson *L, trained *a, mixture *ring, const evaluate_bound *b)
{
    evaluate_excess *e = evaluate_excess_alloc(a->use, ring, 1, b->n / 3 + 2, lesson_seed(L));
    data_file *f = data_open(L, "terms", "t term error optimum");
    for (size_t t = 1; e && t <= a->k->T; t += 1 + t / 12)
        data_line(f, "%zu %.6g %.6g %.6g", t, b->term[t].value, b->term[t].error,
                  best_term(a->k->s, t, e->bayes[t].value));
    data_close(f);
    evaluate_excess_free(e);
}

/* What one would have got from every 4th t, scaled up to all of them: t = 2 stands for 2..5. */
static double every_fourth(const evaluate_bound *b)
{
    double sum = 0.0;
    for (size_t t = 2; t <= b->T; t += 4) sum += 4.0 * b->term[t].value;
    return sum - b->denoising.value;
}

static void print_number(lesson *L, const char *name, evaluate_number nats, size_t D)
{
    const evaluate_number bits = evaluate_bits(nats, D);
    measured(L, "%-38s %8.4f +- %.4f nats %8.4f +- %.4f bits/dim", name, nats.value, nats.error,
             bits.value, bits.error);
}

static void report_bound(lesson *L, const evaluate_bound *b)
{
    const double standard = log(2.0 * M_PI) + 0.5 * 2.0 * (0.5 + bump_var);
    const double fitted = log(2.0 * M_PI * M_E * (0.5 + bump_var));
    print_number(L, "L_T", b->prior, 2);
    print_number(L, "sum of L_{t-1}, t = 2..1000", b->denoising, 2);
    print_number(L, "L_0", b->decoder, 2);
    print_number(L, "the bound", b->total, 2);
    measured(L, "every 4th t only, scaled up: %+.4f nats more, a bias of the steep start",
             every_fourth(b));
    print_row(L, "entropy of the ring: no model is below", ring_entropy(), 2);
    print_row(L, "normal law with the ring's mean and variance", fitted, 2);
    print_row(L, "N(0,I)", standard, 2);
    if (b->total.value > standard)
        measured(L, "worse than N(0,I): this network is no model of the ring; train longer");
    else
        measured(L, "the bound is %.1f standard errors below N(0,I)",
                 (standard - b->total.value) / b->total.error);
}

void ring_in_two_dimensions(lesson *L)
{
    const size_t scaled = lesson_steps(L, 1000), n = scaled < 100 ? 100 : scaled;
    char error[256];
    schedule *s = schedule_named_alloc("L1000");
    mixture *ring = mixture_ring_alloc(BUMPS, 1.0, bump_var, 0.0);
    double *x_0 = calloc(n * 2, sizeof *x_0);
    if (!s || !ring || !x_0) check_refuse("lesson 23: out of memory");
    experiment e = {.s = s, .data = adapt_mixture_data(ring), .predict = "eps"};
    e.config = trainer_defaults();
    e.config.steps = lesson_steps(L, 10000);
    e.config.batch = 256;
    e.config.seed = lesson_seed(L);
    trained *a = trained_alloc(&e, error, sizeof error);
    if (!a || !trained_run(a, "ring", error, sizeof error)) check_refuse("lesson 23: %s", error);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, (unsigned long)(lesson_seed(L) & 0xffffffffu));
    for (size_t i = 0; i < n; i++) mixture_sample(ring, rng, x_0 + 2 * i);
    gsl_rng_free(rng);
    evaluate_bound *b =
        evaluate_bound_alloc(a->use, x_0, n, &(evaluate_bound_options){.seed = lesson_seed(L)});
    if (!b) check_refuse("lesson 23: no bound");
    say(L, "A ring of 8 bumps, T = 1000, sigma^2 = beta; %zu data points, all t.", n);
    report_bound(L, b);
    write_terms(L, a, ring, b);
    evaluate_bound_free(b);
    trained_free(a);
    free(x_0);
    mixture_free(ring);
    schedule_free(s);
}

/* --- 23.3  Calls ----------------------------------------------------------------------------------
 * A network that counts how many points it was asked about; otherwise it says 0. */
typedef struct counter {
    size_t points;
} counter;

static void count_points(real *out, size_t outputs, size_t n, counter *c)
{
    for (size_t i = 0; i < n * outputs; i++) out[i] = 0;
    c->points += n;
}

static void counting_forward(const network *net, real *out, const real *x, const size_t *t,
                             size_t n, const real *theta, real *workspace)
{
    (void)x, (void)t, (void)theta, (void)workspace;
    count_points(out, net->out, n, net->self);
}

static void no_gradient(const network *net, real *d_theta, real *d_out, const real *x,
                        const size_t *t, size_t n, const real *theta, real *workspace)
{
    (void)net, (void)d_theta, (void)d_out, (void)x, (void)t, (void)n, (void)theta, (void)workspace;
}

static size_t no_workspace(const network *net, size_t n)
{
    (void)net, (void)n;
    return 1;
}

static void no_parameters(const network *net, real *theta, uint64_t seed)
{
    (void)net, (void)seed;
    theta[0] = 0;
}

/* Calls per data point of the whole bound, and of a step of training. */
typedef struct cost {
    double bound, step;
} cost;

static cost cost_of(const char *name)
{
    enum { n = 4 };
    cost c = {(double)NAN, (double)NAN};
    counter seen = {0};
    char error[256];
    schedule *s = schedule_named_alloc(name);
    mixture *m = mixture_pair_alloc(data_var);
    if (!s || !m) return c;
    network_tensor only = {.name = "unused", .rank = 1, .shape = {1}, .at = 0, .size = 1};
    const network net = {.T = s->T,
                         .in = 1,
                         .out = 1,
                         .parameters = 1,
                         .tensors = 1,
                         .tensor = &only,
                         .workspace = no_workspace,
                         .init = no_parameters,
                         .forward = counting_forward,
                         .backward = no_gradient,
                         .self = &seen};
    const real theta = 0;
    task *k = task_alloc(s, "eps", "simple", "beta", error, sizeof error);
    denoise *d = k ? denoise_alloc(&net, k, &theta, 1) : NULL;
    const double x_0[n] = {-1.07, 0.83, 1.21, -0.94};
    evaluate_bound *b = d ? evaluate_bound_alloc(d, x_0, n, NULL) : NULL;
    c.bound = (double)seen.points / n;
    const adapt_data data = adapt_mixture_data(m);
    trainer_config config = trainer_defaults();
    config.batch = 32;
    config.threads = 1;
    trainer *w = k ? trainer_alloc(&net, k, &data, &config, error, sizeof error) : NULL;
    seen.points = 0;
    if (w && trainer_step(w) == 0) c.step = (double)seen.points / 32.0;
    trainer_free(w);
    evaluate_bound_free(b);
    denoise_free(d);
    task_free(k);
    mixture_free(m);
    schedule_free(s);
    return c;
}

void calls(lesson *L)
{
    claim(L, "BIT-02");
    static const struct {
        const char *name;
        double T;
    } chains[] = {{"S10", 10.0}, {"S50", 50.0}, {"L1000", 1000.0}};
    for (size_t i = 0; i < 3; i++) {
        const cost c = cost_of(chains[i].name);
        char what[64];
        snprintf(what, sizeof what, "calls per data point, the bound, %s", chains[i].name);
        road(L, NULL, what, c.bound, chains[i].T, 0.0);
        snprintf(what, sizeof what, "calls per data point, a step, %s", chains[i].name);
        road(L, NULL, what, c.step, 1.0, 0.0);
        control(L, "one random t counted as the whole bound", c.step, chains[i].T, 0.0);
        if (i == 2) evidence(L, "counted: %g calls for the bound, %g for a step", c.bound, c.step);
    }
}
