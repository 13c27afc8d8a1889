/* Lesson 13, part b.  Which steps the bound emphasises, and the bars of the page. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_machine.h>

#include "lesson13.h"
#include "theory/schedule_spec.h"

/* --- 13.3  Which steps does the bound emphasise? ----------------------------------------------
 * Cut 1..T into tenths and ask which share of the total weight each one has. */

void which_end(lesson *L)
{
    claim(L, "WT-04");
    static const char *const what[2][4] = {
        {"first tenth of t below the last, sigma^2 = beta",
         "last tenth below the first, sigma^2 = beta", "share of the first tenth, measured",
         "share of the last tenth, measured"},
        {"first tenth below the last, sigma^2 = beta_tilde",
         "last tenth below the first, sigma^2 = beta_tilde", "share of the first tenth, measured",
         "share of the last tenth, measured"}};
    double first[3], last[3]; /* beta, beta_tilde, printed */
    for (int i = 0; i < 2; i++) {
        const weights w = of[L1000][i];
        first[i] = share(w.formula, w.T, 1, 100);
        last[i] = share(w.formula, w.T, 901, 1000);
        printed_below(L, what[i][0], first[i], last[i], 0.0);
        road_below(L, "weight_eps", what[i][1], last[i], share(w.measured, w.T, 1, 100), 0.0);
        road(L, "weight_eps", what[i][2], first[i], share(w.measured, w.T, 1, 100),
             4 * measured_to);
        road(L, "weight_eps", what[i][3], last[i], share(w.measured, w.T, 901, 1000),
             4 * measured_to);
    }
    first[2] = share(of[L1000][0].as_printed, 1000, 1, 100);
    last[2] = share(of[L1000][0].as_printed, 1000, 901, 1000);
    control_below(L, "with the weight of the page (WT-03)", last[2], first[2], 0.0);
    static const double known[3][2] = {{0.374, 0.098}, {0.392, 0.095}, {0.028, 0.245}};
    gap registry = {0};
    for (size_t i = 0; i < 3; i++) {
        gap_add(&registry, i, first[i], known[i][0], 0.5e-3);
        gap_add(&registry, i, last[i], known[i][1], 0.5e-3);
    }
    road_gap(L, NULL, "docs/claims.tsv: six shares, 3 digits", &registry);
    evidence(L,
             "share of first/last tenth of t: true %.3f/%.3f (beta), %.3f/%.3f (beta_tilde); "
             "printed %.3f/%.3f",
             first[0], last[0], first[1], last[1], first[2], last[2]);
}

/* With sigma_t^2 = beta_t:  w_1 = 1/(2 alpha_1)  because 1-abar_1 = beta_1. */
void who_is_right(lesson *L)
{
    claim(L, "WT-06");
    const schedule *s = schedules[L1000];
    const weights w = of[L1000][SIGMA_BETA], coarse = of[S10][SIGMA_BETA];
    const size_t T = s->T;
    const double ratio = s->alpha[T] * s->var_bar[T] / (s->alpha[1] * s->beta[T]);
    printed_below(L, "the page: w(1) <= w(T), L1000", w.formula[1], w.formula[T], 0.0);
    road_below(L, "weight_eps", "From ELBO to L_simple: w(T) <= w(1), L1000", w.formula[T],
               w.measured[1], 0.0);
    road(L, "weight_eps", "w(1)/w(T) = alpha_T (1-abar_T)/(alpha_1 beta_T)",
         w.formula[1] / w.formula[T], ratio, 16 * GSL_DBL_EPSILON * ratio);
    road_below(L, "weight_eps", "yet on S10: w(1) <= w(T)", coarse.formula[1], coarse.measured[10],
               0.0);
    control(L, "w(1)/w(T) with the weight of the page", w.as_printed[1] / w.as_printed[T], ratio,
            16 * GSL_DBL_EPSILON * ratio);
    evidence(L, "w(1)/w(T) on L1000: true %.1f, printed %.3f; S10: true %.3f",
             w.formula[1] / w.formula[T], w.as_printed[1] / w.as_printed[T],
             coarse.formula[1] / coarse.formula[10]);
}

void which_end_is_early(lesson *L)
{
    claim(L, "WT-09");
    say(L, "Chatterjee L4: small t is early.  Training Objective page: large t is early.  Here: t "
           "is small or large.");
}

/* Steps at which a weight fails to fall. */
static size_t rises(const double *w, size_t first, size_t last)
{
    size_t n = 0;
    for (size_t t = first; t < last; t++) n += !(w[t + 1] < w[t]);
    return n;
}

double loss_share(const double *w, const schedule *s, size_t first, size_t last)
{
    double part = 0.0, total = 0.0;
    for (size_t t = 1; t <= s->T; t++) {
        total += w[t] * s->alpha_bar[t];
        if (t >= first && t <= last) part += w[t] * s->alpha_bar[t];
    }
    return part / total;
}

void not_monotone(lesson *L)
{
    claim(L, "WT-05");
    const weights w = of[L1000][SIGMA_BETA], c = of[COS1000][SIGMA_BETA],
                  coarse = of[S10][SIGMA_BETA];
    const size_t least = place_of_least(w.measured, 1000);
    road_below(L, "weight_eps", "L1000: last tenth below the first",
               share(w.formula, 1000, 901, 1000), share(w.measured, 1000, 1, 100), 0.0);
    road_all(L, "weight_eps", "L1000: falls before its least value", rises(w.formula, 1, least),
             least - 1);
    road_all(L, "weight_eps", "L1000: and rises after it",
             1000 - least - rises(w.formula, least, 1000), 1000 - least);
    road(L, "weight_eps", "COS1000: share of the last tenth, measured",
         share(c.formula, 1000, 901, 1000), share(c.measured, 1000, 901, 1000), 4 * measured_to);
    control_below(L, "COS1000: last tenth below the first", share(c.formula, 1000, 901, 1000),
                  share(c.formula, 1000, 1, 100), 0.0);
    control_below(L, "S10: w(T) below w(1)", coarse.formula[10], coarse.formula[1], 0.0);
    control_all(L, "L1000: w_t falls at every step", rises(w.formula, 1, 1000), 999);
    say(L,
        "On COS1000 the clipped last step has nearly all the weight, but next to nothing is left "
        "to "
        "predict there: for N(0,1) data the last tenth carries %.2g of the loss.",
        loss_share(c.formula, schedules[COS1000], 901, 1000));
    evidence(
        L,
        "least at t=%zu on L1000; S10: %.3f, %.3f (5), %.3f (T); COS1000: w(999) %.2f, w(T) %.1f, "
        "last tenth %.3f",
        least, coarse.formula[1], coarse.formula[5], coarse.formula[10], c.formula[999],
        c.formula[1000], share(c.formula, 1000, 901, 1000));
}

/* --- 13.4  The bars ---------------------------------------------------------------------------
 * The page draws its weights as bars: long at large t.  Here are ten of each kind, and in the
 * transcript the same picture corrected. */

static double bar(const double *w, size_t T, size_t i)
{
    return share(w, T, 1 + (i - 1) * T / 10, i * T / 10);
}

static size_t tallest_bar(const double *w, size_t T)
{
    size_t tallest = 1;
    for (size_t i = 2; i <= 10; i++)
        if (bar(w, T, i) > bar(w, T, tallest)) tallest = i;
    return tallest;
}

static void draw_bar(lesson *L, const char *name, double part)
{
    char text[51];
    memset(text, '.', 50);
    if (part > 0.0 && part <= 1.0) memset(text, '#', (size_t)(50 * part + 0.5));
    text[50] = '\0';
    say(L, "%-22s%s %4.1f %%", name, text, 100 * part);
}

void the_bars(lesson *L)
{
    claim(L, "FIG-02");
    const weights w = of[L1000][SIGMA_BETA];
    gap right = {0}, page = {0};
    for (size_t i = 1; i <= 10; i++) {
        const double height = bar(w.measured, w.T, i);
        gap_add(&right, i, bar(w.formula, w.T, i), height, 4 * measured_to * height);
        gap_add(&page, i, bar(w.as_printed, w.T, i), height, 4 * measured_to * height);
    }
    printed_gap(L, "the bars of the page, one per tenth of t", &page);
    printed(L, "its tallest bar is number", (double)tallest_bar(w.as_printed, w.T),
            (double)tallest_bar(w.measured, w.T), 0.0);
    road_gap(L, "weight_eps", "corrected: the bars of the measured weight", &right);
    road(L, "weight_eps", "the tallest bar is number", (double)tallest_bar(w.formula, w.T),
         (double)tallest_bar(w.measured, w.T), 0.0);
    say(L, "The picture of the page, corrected for L1000:");
    for (size_t i = 1; i <= 10; i++) {
        char name[64];
        snprintf(name, sizeof name, "t = %3zu .. %4zu", 1 + (i - 1) * w.T / 10, i * w.T / 10);
        draw_bar(L, name, bar(w.formula, w.T, i));
    }
    draw_bar(L, "uniform, each tenth", 0.1);
    evidence(L, "bars 1 and 10 of ten: true %.3f and %.3f, printed %.3f and %.3f",
             bar(w.formula, w.T, 1), bar(w.formula, w.T, 10), bar(w.as_printed, w.T, 1),
             bar(w.as_printed, w.T, 10));
}

void write_figures(lesson *L)
{
    schedule *s = schedule_of_figure(L);
    const weights w[2] = {measure_all(s, SIGMA_BETA), measure_all(s, SIGMA_BETA_TILDE)};
    data_file *f = data_open(L, "weights", "t beta beta_tilde printed");
    for (size_t t = 1; t <= s->T; t++)
        data_line(f, "%zu %.9g %.9g %.9g", t, w[0].formula[t],
                  t == 1 ? (double)INFINITY : w[1].formula[t], w[0].as_printed[t]);
    data_close(f);
    f = data_open(L, "bars", "tenth first last true printed");
    for (size_t i = 1; i <= 10 && s->T >= 10; i++)
        data_line(f, "%zu %zu %zu %.9g %.9g", i, 1 + (i - 1) * s->T / 10, i * s->T / 10,
                  bar(w[0].formula, s->T, i), bar(w[0].as_printed, s->T, i));
    data_close(f);
    forget(w[0]);
    forget(w[1]);
    schedule_free(s);
}
