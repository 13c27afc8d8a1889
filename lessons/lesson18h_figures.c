/* Lesson 18, part h.  The data of the figures. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "lesson18.h"
#include "theory/perturb.h"

/* The law after annealing in both orders, and the data. */
static void figure_order(lesson *L)
{
    data_file *f = data_open(L, "order", "x data down up");
    if (!f) return;
    const plan down = annealed(rungs, LANGEVIN_DOWN, 1.5), up = annealed(rungs, LANGEVIN_UP, 1.5);
    law *right = law_of(&down, &uneven, 1.0), *wrong = law_of(&up, &uneven, 1.0);
    for (double x = -16.0; right && wrong && x <= 16.0; x += 0.05)
        data_line(f, "%.6g %.6g %.6g %.6g", x, exp(perturb_log_pdf(uneven.m, 0.0, &x)),
                  law_pdf(right, x), law_pdf(wrong, x));
    data_close(f);
    law_free(right);
    law_free(wrong);
}

/* The share of the left mode after a number of steps from the right one, one level at a time. */
static void figure_traverse(lesson *L)
{
    static const double sigma[] = {0.5, 1.0, 2.0, 8.0};
    data_file *f = data_open(L, "traverse", "steps left");
    for (size_t i = 0; f && i < 4; i++) {
        law *l = langevin_law_alloc(bump_at, sqrt(bump_var));
        const double eta = 0.1 * sigma[i] * sigma[i],
                     reach = 6.0 + 10.0 * sqrt(bump_var + sigma[i] * sigma[i]);
        if (i > 0) data_gap(f), data_gap(f);
        for (double steps = 1.0; l && steps <= 5000.0; steps *= 1.2) {
            if ((size_t)steps > l->t &&
                langevin_law_walk(l, &even.score, sigma[i], 1, eta, (size_t)steps - l->t, reach,
                                  1.5) != GSL_SUCCESS)
                break;
            data_line(f, "%zu %.6g", l->t, law_below(l, 0.0));
        }
        law_free(l);
    }
    data_close(f);
}

/* The stationary variance for N(0,1): right, and three slips of the pen. */
static void figure_bias(lesson *L)
{
    data_file *f = data_open(L, "bias", "eta right no_half sqrt_2_eta noise_eta");
    for (double eta = 0.01; eta < 1.5; eta += 0.01) {
        const double forgets = 1.0 - gsl_pow_2(1.0 - 0.5 * eta);
        data_line(f, "%.6g %.6g %.6g %.6g %.6g", eta, langevin_variance(1.0, eta),
                  eta / (1.0 - gsl_pow_2(1.0 - eta)), 2.0 * eta / forgets, eta * eta / forgets);
    }
    data_close(f);
}

/* Three bumps in the plane at three noise levels: density on a grid, score as arrows. */
static void figure_levels(lesson *L)
{
    static const double sigma[] = {0.15, 0.6, 2.0}, mean[] = {-1.1, -0.7, 1.2, -0.5, 0.1, 1.2};
    mixture *m = mixture_alloc(3, 2);
    if (!m) return;
    for (size_t k = 0; k < 3; k++) {
        m->weight[k] = k == 0 ? 0.5 : 0.25;
        m->var[k] = 0.03;
        m->mean[2 * k] = mean[2 * k];
        m->mean[2 * k + 1] = mean[2 * k + 1];
    }
    data_file *f = data_open(L, "levels", "x y density");
    data_file *arrows = data_open(L, "arrows", "x y dx dy");
    for (size_t i = 0; i < 3; i++) {
        double top = 0.0;
        for (size_t k = 0; k < 3; k++)
            top = fmax(top, exp(perturb_log_pdf(m, sigma[i], &mean[2 * k])));
        if (i > 0) data_gap(f), data_gap(arrows), data_gap(arrows);
        for (double y = -2.4; y < 2.41; y += 0.08) {
            if (y > -2.4) data_gap(f);
            for (double x = -2.4; x < 2.41; x += 0.08)
                data_line(f, "%.4g %.4g %.4g", x, y,
                          exp(perturb_log_pdf(m, sigma[i], (const double[]){x, y})) / top);
        }
        for (double y = -2.1; y < 2.2; y += 0.6)
            for (double x = -2.1; x < 2.2; x += 0.6) {
                double score[2];
                perturb_score(score, m, sigma[i], (const double[]){x, y});
                /* Long scores are shortened: the direction is what the picture is about. */
                const double length = hypot(score[0], score[1]),
                             shown = 0.5 * tanh(0.5 * sigma[i] * length + 0.35);
                data_line(arrows, "%.4g %.4g %.4g %.4g", x, y, shown * score[0] / length,
                          shown * score[1] / length);
            }
        data_gap(f);
    }
    data_close(f);
    data_close(arrows);
    mixture_free(m);
}

void draw_figures(lesson *L)
{
    figure_order(L);
    figure_traverse(L);
    figure_bias(L);
    figure_levels(L);
}
