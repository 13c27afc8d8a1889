/* Lesson 7.  The bound falls apart into three forces
 * --------------------------------------------------
 * CLAIM   E_q log p(x_{0:T})/q(x_{1:T}|x_0)                                            = ELBO
 *           =   E log p(x_0|x_1)                                       reconstruction  (-L_0)
 *             - KL(q(x_T|x_0) || p(x_T))                               prior matching  ( L_T)
 *             - sum_{t=2}^T E KL(q(x_{t-1}|x_t,x_0) || p(x_{t-1}|x_t)) denoising       ( L_{t-1})
 * WHY     Everything that is trained later is one summand of the third line.
 * NEEDS   lessons 1, 4, 6.   Notes: docs/lesson07.md
 * RUN     make lesson07   FIGURES  build/figures/lesson07*.png
 *
 * Up to the last step the derivation is algebra: it holds on every single path x_0 .. x_T, for
 * every model p.  So we write each line of it as a function of a path and compare it with the line
 * before. Only then comes the expectation, by quadrature, in closed form and by simulation.
 */
#include <math.h>

#include <gsl/gsl_math.h>

#include "check/check.h"
#include "theory/elbo.h"
#include "theory/forward.h"
#include "theory/misprint.h"
#include "theory/posterior.h"
#include "theory/schedule.h"

#include "lesson07.h"

const char *const schedule_names[N_SCHEDULES] = {"S10", "S50", "BAD50", "L1000", "COS1000"};
schedule *schedules[N_SCHEDULES];
const double x_0 = 0.731; /* generic: no 0, no 1 */

/* --- 7.1  The derivation, as a table ------------------------------------------------------------
 * Read { +1, log_p, 2, END, 0 } as  + sum_{t=2}^T log p(x_{t-1}|x_t);  a last entry 1 shifts t to
 * t-1. Line (1), the product of densities multiplied out as it stands, is in part d. */
const line two_sums = {
    "(2)  two sums over t = 1..T",
    NULL,
    {{+1, log_prior, END, END, 0}, {+1, log_p, 1, END, 0}, {-1, log_step, 1, END, 0}}};
static const line separated = {"(3)  log p(x_0|x_1) separated",
                               NULL,
                               {{+1, log_prior, END, END, 0},
                                {+1, log_p, 1, 1, 0},
                                {+1, log_p, 2, END, 0},
                                {-1, log_step, 1, END, 0}}};
static const line reindexed = {"(B)  forward sum re-indexed to 2..T",
                               NULL,
                               {{+1, log_prior, END, END, 0},
                                {+1, log_p, 1, 1, 0},
                                {-1, log_step, END, END, 0},
                                {+1, log_p, 2, END, 0},
                                {-1, log_step, 2, END, 1}}};
static const line with_bayes = {"(C)  Bayes at every t >= 2",
                                NULL,
                                {{+1, log_prior, END, END, 0},
                                 {+1, log_p, 1, END, 0},
                                 {-1, log_step, 1, 1, 0},
                                 {-1, log_posterior, 2, END, 0},
                                 {-1, log_jump, 2, END, 0},
                                 {+1, log_jump, 2, END, 1}}};
const line telescoped = {"(D)  the marginals telescoped",
                         NULL,
                         {{+1, log_p, 1, 1, 0},
                          {+1, log_prior, END, END, 0},
                          {-1, log_jump, END, END, 0},
                          {+1, log_p, 2, END, 0},
                          {-1, log_posterior, 2, END, 0}}};
/* The homework's order: q(x_T|x_{T-1}) split off, Bayes on q(x_{t-1}|x_{t-2}) for t >= 3 only. */
static const line detour = {"(C') the detour: Bayes after re-indexing",
                            NULL,
                            {{+1, log_prior, END, END, 0},
                             {+1, log_p, 1, END, 0},
                             {-1, log_posterior, END, END, 0},
                             {-1, log_jump, END, END, 0},
                             {+1, log_jump, END, END, 1},
                             {-1, log_posterior, 3, END, 1},
                             {-1, log_jump, 3, END, 1},
                             {+1, log_jump, 3, END, 2},
                             {-1, log_step, 1, 1, 0}}};

/* Mistakes. */
static const line both_from_2 = {
    "both sums started at t = 2",
    NULL,
    {{+1, log_prior, END, END, 0}, {+1, log_p, 2, END, 0}, {-1, log_step, 2, END, 0}}};
static const line no_prior = {
    "log p(x_T) forgotten", NULL, {{+1, log_p, 1, END, 0}, {-1, log_step, 1, END, 0}}};
static const line separated_twice = {"the reverse sum started at t = 1 again",
                                     NULL,
                                     {{+1, log_prior, END, END, 0},
                                      {+1, log_p, 1, 1, 0},
                                      {+1, log_p, 1, END, 0},
                                      {-1, log_step, 1, END, 0}}};
static const line unsplit = {
    "shifted without splitting off t = T",
    NULL,
    {{+1, log_prior, END, END, 0}, {+1, log_p, 1, END, 0}, {-1, log_step, 2, END, 1}}};
static const line left_at_1 = {"q(x_1|x_0) left instead of q(x_T|x_0)",
                               NULL,
                               {{+1, log_prior, END, END, 0},
                                {+1, log_p, 1, END, 0},
                                {-1, log_jump, 1, 1, 0},
                                {-1, log_posterior, 2, END, 0}}};
static const line skips_first = {"q(x_1|x_0) of the shifted sum skipped",
                                 NULL,
                                 {{+1, log_prior, END, END, 0},
                                  {+1, log_p, 1, END, 0},
                                  {-1, log_posterior, 2, END, 0},
                                  {-1, log_jump, 2, END, 0},
                                  {+1, log_jump, 2, END, 1}}};

/* The library's two ends of the derivation, with the error bounds of our lines. */
static bounded library_path(walk *w)
{
    return (bounded){elbo_path(w->s, &w->p, w->x), evaluate(&two_sums, w, false).error};
}

static bounded library_telescoped(walk *w)
{
    return (bounded){elbo_path_telescoped(w->s, &w->p, w->x, NULL),
                     evaluate(&telescoped, w, false).error};
}

static const line elbo_path_line = {.text = "", .whole = library_path};
static const line elbo_telescoped_line = {.text = "", .whole = library_telescoped};

/* One line with the library's densities, another with ours, on all paths of all schedules. */
static gap line_against(const line *value, const line *reference)
{
    static walk w;
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (int kind = 0; kind < 3; kind++) {
            if (kind == 2 && reference == &product) continue; /* its densities underflow */
            take_walk(&w, schedules[k], kind);
            const bounded a = evaluate(value, &w, true), b = evaluate(reference, &w, false);
            gap_add(&g, w.s->T, a.value, b.value, a.error + b.error);
        }
    return g;
}

static void line_road(lesson *L, const char *formula, const char *what, const line *value,
                      const line *reference)
{
    const gap g = line_against(value, reference);
    road_gap(L, formula, what, &g);
}

static void line_control(lesson *L, const line *wrong, const line *reference)
{
    const gap g = line_against(wrong, reference);
    control_gap(L, wrong->text, &g);
}

static void product_into_sums(lesson *L)
{
    static const line *const chain[] = {&product,   &two_sums,   &separated,
                                        &reindexed, &with_bayes, &telescoped};
    static walk w;
    claim(L, "TEL-01");
    line_road(L, "elbo_path", "log of the product of densities", &elbo_path_line, &product);
    line_road(L, "forward_step_log_pdf", "line (2) against line (1)", &two_sums, &product);
    line_control(L, &both_from_2, &product);
    line_control(L, &no_prior, &product);
    take_walk(&w, schedules[S10], 0);
    say(L, "The derivation, line by line, on one path of S10 (x_0 = %.3f, an arbitrary p):", x_0);
    for (size_t k = 0; k < sizeof chain / sizeof chain[0]; k++)
        say(L, "  %-42s %+.13f", chain[k]->text, evaluate(chain[k], &w, false).value);
    evidence(L, "one path of S10, arbitrary p: product %.12f, two sums %.12f",
             evaluate(&product, &w, false).value, elbo_path(w.s, &w.p, w.x));
}

/* --- 7.2  Separate and re-index: homework 1, parts A to C1 ----------------------------------- */
static void separate_and_reindex(lesson *L)
{
    static walk w;
    claim(L, "TEL-02");
    line_road(L, "elbo_reverse_log_pdf", "line (3) against line (2)", &separated, &two_sums);
    line_control(L, &separated_twice, &two_sums);
    take_walk(&w, schedules[S10], 0);
    evidence(L, "one path of S10: log p(x_0|x_1) = %.6f", log_p(&w, 1).value);
    claim(L, "TEL-03");
    line_road(L, "forward_step_log_pdf", "line (B) against line (3)", &reindexed, &separated);
    line_control(L, &unsplit, &separated);
    evidence(L, "the same path: log q(x_T|x_{T-1}) = %.6f", log_step(&w, w.s->T).value);
}

/* --- 7.3  Bayes at every t >= 2: part C2 ----------------------------------------------------- */
static gap bayes_at_every_t(misprint_formula posterior)
{
    static walk w;
    gap g = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++)
        for (int kind = 0; kind < 3; kind++) {
            take_walk(&w, schedules[k], kind);
            for (size_t t = 2; t <= w.s->T; t++) {
                const double x[] = {w.x[t - 1], w.x[t], x_0};
                const bounded step = log_step(&w, t), p = log_p(&w, t);
                const double right = posterior(w.s, t, x) -
                                     elbo_reverse_log_pdf(&w.p, t, x[0], x[1]) +
                                     forward_jump_log_pdf(w.s, t, x[1], x_0) -
                                     forward_jump_log_pdf(w.s, t - 1, x[0], x_0);
                gap_add(&g, t, right, step.value - p.value,
                        step.error + 2.0 * p.error + log_posterior(&w, t).error +
                            log_jump(&w, t).error + log_jump(&w, t - 1).error);
            }
        }
    return g;
}

static void bayes(lesson *L)
{
    claim(L, "TEL-05");
    const gap right = bayes_at_every_t(misprint_quantity_find("bayes")->value);
    road_gap(L, "posterior_log_pdf", "left = right at every t, 15 paths", &right);
    for (const misprint *m = NULL; (m = misprint_next("bayes", m));) {
        const gap wrong = bayes_at_every_t(m->value);
        control_gap(L, m->what, &wrong);
    }
    line_road(L, "posterior_log_pdf", "line (C) against line (B)", &with_bayes, &reindexed);
    /* log q(x_t|x_0) = -z_t^2/2 + const, and rho2 is the squared correlation of z_4 and z_5. */
    const schedule *s = schedules[S10];
    const double rho2 = s->alpha[5] * s->var_bar[4] / s->var_bar[5];
    evidence(L, "%zu neighbours on 15 paths; inverted ratio: sd %.2f over paths (S10, t = 5)",
             right.n, 2.0 * sqrt(1.0 - rho2));
}

/* --- 7.4  The ratios of the marginals telescope ---------------------------------------------- */
static void telescope(lesson *L)
{
    static walk w;
    static double term[1001];
    claim(L, "TEL-06");
    gap g = {0}, terms = {0};
    for (size_t k = 0; k < N_SCHEDULES; k++) {
        take_walk(&w, schedules[k], 1);
        bounded sum = {0.0, 0.0};
        elbo_path_telescoped(w.s, &w.p, w.x, term);
        for (size_t t = 2; t <= w.s->T; t++) {
            add(&sum, 1.0,
                (bounded){forward_jump_log_pdf(w.s, t, w.x[t], x_0), log_jump(&w, t).error});
            add(&sum, -1.0,
                (bounded){forward_jump_log_pdf(w.s, t - 1, w.x[t - 1], x_0),
                          log_jump(&w, t - 1).error});
            const bounded p = log_p(&w, t), posterior = log_posterior(&w, t);
            gap_add(&terms, t, term[t], p.value - posterior.value,
                    2.0 * (p.error + posterior.error));
        }
        const bounded first = log_jump(&w, 1), last = log_jump(&w, w.s->T);
        gap_add(&g, w.s->T, sum.value, last.value - first.value,
                sum.error + first.error + last.error);
        gap_add(&terms, 0, term[0], log_p(&w, 1).value, 2.0 * log_p(&w, 1).error);
        gap_add(&terms, 1, term[1], log_prior(&w, w.s->T).value - last.value,
                2.0 * (log_prior(&w, w.s->T).error + last.error));
    }
    road_gap(L, "forward_jump_log_pdf", "product over t >= 2 = q(x_T|x_0)/q(x_1|x_0)", &g);
    line_road(L, "forward_jump_log_pdf", "line (D) against line (C)", &telescoped, &with_bayes);
    line_road(L, "elbo_path_telescoped", "the whole way: line (D) against line (1)",
              &elbo_telescoped_line, &product);
    line_road(L, "elbo_path_telescoped", "also on a path that q never draws", &elbo_telescoped_line,
              &two_sums);
    road_gap(L, "elbo_path_telescoped", "its T+1 summands, one by one", &terms);
    line_control(L, &left_at_1, &two_sums);
    evidence(
        L,
        "leaving q(x_1|x_0): in the mean ln(var_1/var_T)/2 = %.2f (S10), %.2f (S50), %.2f (L1000)",
        0.5 * log(schedules[S10]->var_bar[1] / schedules[S10]->var_bar[10]),
        0.5 * log(schedules[S50]->var_bar[1] / schedules[S50]->var_bar[50]),
        0.5 * log(schedules[L1000]->var_bar[1] / schedules[L1000]->var_bar[1000]));

    claim(L, "TEL-11");
    line_road(L, "elbo_path_telescoped", "the direct way against the detour", &elbo_telescoped_line,
              &detour);
    line_road(L, "posterior_log_pdf", "the detour against line (1)", &detour, &product);
    road(L, NULL, "Bayes at its t = 2 meets a point mass: variance",
         posterior_var(schedules[L1000], 1), 0.0, 0.0);
    line_control(L, &skips_first, &product);
    evidence(L, "both routes agree on 15 paths of 5 schedules; T >= 3 is needed for the detour to "
                "have a Bayes step");
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 7, "The bound falls apart into three forces");
    for (size_t k = 0; k < N_SCHEDULES; k++)
        if (!(schedules[k] = schedule_named_alloc(schedule_names[k]))) return 2;
    const bool all = !lesson_random_only(L);
    if (all) {
        section(L, "7.1  From the product to two sums");
        product_into_sums(L);
        section(L, "7.2  Separate and re-index");
        separate_and_reindex(L);
        mismatched_pair(L);
        section(L, "7.3  Bayes at every t >= 2");
        bayes(L);
        section(L, "7.4  The ratios of the marginals telescope");
        telescope(L);
    }
    section(L, "7.5  The expectation: three forces");
    take_expectation(L);
    subscripts(L);
    missing_expectation(L);
    if (all) {
        two_slips(L);
        section(L, "7.6  How large are the three forces?");
        sizes(L);
        draw(L);
    }
    for (size_t k = 0; k < N_SCHEDULES; k++) schedule_free(schedules[k]);
    return lesson_close(L);
}
