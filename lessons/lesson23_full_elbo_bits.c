/* Lesson 23.  The full ELBO of a trained network, in nats and bits
 * -----------------------------------------------------------------
 * CLAIM   L_T + sum L_{t-1} + L_0, assembled for a trained network, bounds -log p_theta(x_0) from
 *         above; all of it costs T network calls where a step of L_simple costs one.
 * WHY     "How many bits per dimension?" is the question that every repository's users ask.  Here
 *         every number of the answer can be checked, because in one dimension log p_theta is known.
 * NEEDS   lessons 6, 7, 8, 13, 21.   Notes: docs/lesson23.md
 * RUN     make lesson23   FIGURE  build/figures/lesson23.png, lesson23_ladder.png
 *
 * A trained network is an arbitrary function.  The bound must hold for it all the same, and for an
 * untrained one as well: that part is a theorem and is checked.  How good the bound is, is measured.
 */
#include <math.h>

#include <gsl/gsl_math.h>

#include "lesson23.h"
#include "theory/law.h"
#include "train/experiment.h"

static schedule *chain;

/* --- 23.1  A network on one dimension ----------------------------------------------------------- */
static trained *small_network(lesson *L, const adapt_data *data)
{
    experiment e = {.s = chain, .data = *data, .width = 32, .depth = 2, .embed = 32};
    e.config = trainer_defaults();
    e.config.steps = lesson_steps(L, 6000);
    e.config.batch = 256;
    e.config.seed = lesson_seed(L);
    char error[256];
    trained *a = trained_alloc(&e, error, sizeof error);
    if (!a) check_refuse("lesson 23: %s", error);
    return a;
}

static const double points[] = {-1.31, -0.86, -0.2, 0.45, 0.93, 1.17, 1.6};
enum { POINTS = sizeof points / sizeof points[0] };

/* The three terms against the bound before anything was rearranged, at one point. */
static void against_first_written(lesson *L, const reverse_model *p, const char *who)
{
    const double x_0 = 0.93;
    double error;
    const three_terms b = bound_at(chain, p, x_0);
    const double reference = -bound_first_written(chain, p, x_0, &error);
    error += b.error;
    char what[80];
    snprintf(what, sizeof what, "three terms = the first display, %s net", who);
    road(L, "elbo_denoising", what, b.total, reference, error);
    snprintf(what, sizeof what, "L_0 left out, %s net", who);
    control(L, what, b.total - b.decoder, reference, error);
    snprintf(what, sizeof what, "L_0 with the wrong sign, %s net", who);
    control(L, what, b.total - 2.0 * b.decoder, reference, error);
}

/* -log p_theta(x_0) by successive integrals; it must stay below the bound at every point. */
static void against_evidence(lesson *L, const reverse_model *p, const char *who)
{
    law *fine = law_alloc(chain->T, 0, p, 6.0, 5.0), *coarse = law_alloc(chain->T, 0, p, 6.0, 3.5);
    data_file *f = data_open(L, who, "x_0 bound evidence");
    size_t violations = 0, reversed = 0;
    for (size_t i = 0; fine && coarse && i < POINTS; i++) {
        const three_terms b = bound_at(chain, p, points[i]);
        const double evidence_at = -log(law_pdf(fine, points[i]));
        const double error = b.error + fabs(evidence_at + log(law_pdf(coarse, points[i])));
        violations += !(evidence_at <= b.total + error);
        reversed += !(b.total <= evidence_at + error);
        data_line(f, "%.9g %.9g %.9g", points[i], b.total, evidence_at);
    }
    data_close(f);
    law_free(fine);
    law_free(coarse);
    char what[80];
    snprintf(what, sizeof what, "-log p_theta is below the bound, %s net", who);
    road_all(L, NULL, what, violations, fine && coarse ? POINTS : 0);
    snprintf(what, sizeof what, "-log p_theta is above it, %s net", who);
    control_all(L, what, reversed, POINTS);
}

/* --- 23.2  Nats and bits ------------------------------------------------------------------------ */
void print_row(lesson *L, const char *name, double nats, size_t D)
{
    measured(L, "%-46s %9.4f nats %9.4f bits/dim", name, nats, nats / ((double)D * M_LN2));
}

static void ladder(lesson *L, const reverse_model *p)
{
    double model_error, data_error;
    const three_terms b = bound_of_data(chain, p);
    const double model = cross_entropy_model(chain, p, &model_error),
                 entropy = entropy_of_data(&data_error);
    const double fitted = cross_entropy_normal(0.0, 1.0 + data_var),
                 standard = cross_entropy_normal(0.0, 1.0);
    road_below(L, NULL, "entropy of the data <= -E log p_theta", entropy - data_error,
               model + model_error, 0.0);
    road_below(L, NULL, "-E log p_theta <= the bound", model - model_error, b.total + b.error, 0.0);
    control_below(L, "the bound <= the entropy", b.total - b.error, entropy, 0.0);
    print_row(L, "L_T", b.prior, 1);
    print_row(L, "sum of L_{t-1}, t = 2..50", b.denoising, 1);
    print_row(L, "L_0", b.decoder, 1);
    print_row(L, "the bound", b.total, 1);
    print_row(L, "-E log p_theta, exact", model, 1);
    print_row(L, "entropy of the data: no model is below", entropy, 1);
    print_row(L, "normal law with the data's mean and variance", fitted, 1);
    print_row(L, "N(0,1): a network that learned nothing useful", standard, 1);
    if (b.total > standard)
        measured(L, "worse than N(0,1): this network is no model of the data; train longer");
    else
        measured(L, "the gap of the bound is %.4f nats, the error of the model %.4f",
                 b.total - model, model - entropy);
    evidence(L,
             "N(+-1, 0.04), 50 steps: L_T %.4f, sum %.4f, L_0 %.4f, bound %.4f, -E log p_theta "
             "%.4f, entropy %.4f nats",
             b.prior, b.denoising, b.decoder, b.total, model, entropy);
    data_file *f = data_open(L, "ladder", "nats");
    data_line(f, "%.9g", standard);
    data_line(f, "%.9g", fitted);
    data_line(f, "%.9g", b.total);
    data_line(f, "%.9g", model);
    data_line(f, "%.9g", entropy);
    data_close(f);
}

static void one_dimension(lesson *L)
{
    claim(L, "BIT-01");
    char error[256];
    mixture *m = mixture_pair_alloc(data_var);
    if (!m) check_refuse("lesson 23: out of memory");
    const adapt_data data = adapt_mixture_data(m);
    trained *a = small_network(L, &data);
    const reverse_model p = denoise_as_reverse_model(a->use);
    against_first_written(L, &p, "untrained");
    against_evidence(L, &p, "untrained");
    if (!trained_run(a, "1-D network", error, sizeof error)) check_refuse("lesson 23: %s", error);
    against_first_written(L, &p, "trained");
    against_evidence(L, &p, "trained");
    ladder(L, &p);
    trained_free(a);
    mixture_free(m);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 23, "The full ELBO of a trained network, in nats and bits");
    if (lesson_random_only(L)) return lesson_close(L); /* nothing here is decided by chance */
    chain = schedule_named_alloc("S50");
    if (!chain) return 2;

    section(L, "23.1  A trained network in one dimension: every number can be checked");
    one_dimension(L);
    section(L, "23.2  Two dimensions: the bound with standard errors");
    ring_in_two_dimensions(L);
    section(L, "23.3  What it costs");
    calls(L);

    schedule_free(chain);
    return lesson_close(L);
}
