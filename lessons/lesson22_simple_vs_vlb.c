/* Lesson 22.  L_simple against the bound: an experiment and a theorem
 * -------------------------------------------------------------------
 * CLAIM   Training with L_simple instead of the bound gives better samples and a worse likelihood.
 * WHY     Ho et al. found it on images, and every course repeats it.  Half of it is a theorem about
 *         global optima.  The other half is an experience, and an experience has error bars.
 * NEEDS   lessons 13, 14, 20, 21.   Notes: docs/lesson22.md
 * RUN     make lesson22 (--effort 4 trains longer)   FIGURE  build/figures/lesson22.png
 *
 * Five pairs of networks; the two of a pair start from the same parameters and see the same data and
 * the same noise, so that their difference is the loss alone.  The verdict is whatever the confidence
 * interval says: nothing here knows the answer.
 */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

#include "lesson22.h"

/* --- 22.1  What five pairs say ------------------------------------------------------------------
 * Mean difference and half width of its 95 % interval, by Student's t with 4 degrees of freedom. */
typedef struct interval {
    double mean, half;
} interval;

static interval paired(const trial *r, double (*of)(const outcome *o))
{
    interval d = {0};
    double square = 0.0;
    for (size_t i = 0; i < SEEDS; i++)
        d.mean += (of(&r->of[i][SIMPLE]) - of(&r->of[i][VLB])) / SEEDS;
    for (size_t i = 0; i < SEEDS; i++)
        square += gsl_pow_2(of(&r->of[i][SIMPLE]) - of(&r->of[i][VLB]) - d.mean);
    d.half = gsl_cdf_tdist_Pinv(0.975, SEEDS - 1.0) * sqrt(square / (SEEDS - 1.0) / SEEDS);
    return d;
}

/* expected: the sign that the statement gives to (simple - vlb). */
static const char *verdict(interval d, int expected)
{
    if (!(fabs(d.mean) > d.half)) return "inconclusive";
    return (d.mean > 0.0) == (expected > 0) ? "confirmed" : "refuted";
}

static double mean_of(const trial *r, double (*of)(const outcome *o), int loss)
{
    double sum = 0.0;
    for (size_t i = 0; i < SEEDS; i++) sum += of(&r->of[i][loss]) / SEEDS;
    return sum;
}

static double energy(const outcome *o)
{
    return o->worth.energy;
}

static double sliced(const outcome *o)
{
    return o->worth.sliced;
}

static double simple(const outcome *o)
{
    return o->worth.simple;
}

static double vlb(const outcome *o)
{
    return o->worth.vlb;
}

static double middle(const outcome *o)
{
    return o->middle;
}

static interval compare(lesson *L, const trial *r, const char *name, double (*of)(const outcome *o))
{
    const interval d = paired(r, of);
    measured(L, "%-26s %9.5f %9.5f   %+.5f +- %.5f", name, mean_of(r, of, SIMPLE),
             mean_of(r, of, VLB), d.mean, d.half);
    return d;
}

static void better_samples(lesson *L, const trial *r)
{
    claim(L, "EMP-01");
    say(L, "Means over five seeds; the difference is paired, with its 95 %% interval.");
    measured(L, "%-26s %9s %9s   %s", "", "L_simple", "bound", "difference");
    const interval d = compare(L, r, "energy distance", energy);
    compare(L, r, "sliced W1", sliced);
    measured(L, "two samples of the law: sliced W1 %.5f; their energy distance averages 0 +- %.5f",
             r->floor_sliced, r->floor_energy);
    measured(L, "better samples by L_simple: %s (%zu steps of %zu, T = 50)", verdict(d, -1),
             r->steps, r->batch);
    evidence(L,
             "ring, S50, 5 pairs: energy distance %.5f (L_simple), %.5f (bound), difference %+.5f "
             "+- %.5f: %s",
             mean_of(r, energy, SIMPLE), mean_of(r, energy, VLB), d.mean, d.half, verdict(d, -1));
}

/* --- 22.2  The theorem, and what is left of it after training ----------------------------------- */
static void worse_bound(lesson *L, const trial *r)
{
    claim(L, "EMP-02");
    theorem(L);
    measured(L, "%-26s %9s %9s   %s", "trained", "L_simple", "bound", "difference");
    compare(L, r, "excess of L_simple", simple);
    const interval d = compare(L, r, "excess of the bound, nats", vlb);
    measured(L, "a worse bound by L_simple, trained: %s", verdict(d, +1));
    evidence(L,
             "optima: proved (6 features); trained, 5 pairs: excess of the bound %.4f (L_simple), "
             "%.4f nats (bound), difference %+.4f +- %.4f: %s",
             mean_of(r, vlb, SIMPLE), mean_of(r, vlb, VLB), d.mean, d.half, verdict(d, +1));
}

/* --- 22.3  Where the gradient goes --------------------------------------------------------------- */
static void gradient_shares(lesson *L, const trial *r)
{
    claim(L, "EMP-03");
    shares_of_the_optimum(L);
    const interval d = compare(L, r, "gradient, 20 to 70 % of t", middle);
    measured(L, "L_simple spends more of its gradient there than the bound does: %s",
             verdict(d, +1));
    say(L, "An even spread over t would put 0.5 there.");
    say(L, "What the eye cares about has no measure on a ring of eight bumps.");
    evidence(L,
             "share of the squared gradient at 20..70 %% of t, trained: %.3f (L_simple), %.3f "
             "(bound), difference %+.3f +- %.3f",
             mean_of(r, middle, SIMPLE), mean_of(r, middle, VLB), d.mean, d.half);
}

static double mean_cut(const trial *r, size_t j, int loss)
{
    double sum = 0.0;
    for (size_t i = 0; i < SEEDS; i++) sum += r->of[i][loss].cut[j] / SEEDS;
    return sum;
}

/* The last step alone need not be replaced: it adds no noise, and mu(x_1, 1) is x_0_hat(x_1, 1). */
static void small_t(lesson *L, const trial *r)
{
    claim(L, "EMP-04");
    measured(L, "%-44s %9s %9s", "energy distance, means over five seeds", "L_simple", "bound");
    measured(L, "%-44s %9.5f %9.5f", "all 50 steps", mean_of(r, energy, SIMPLE),
             mean_of(r, energy, VLB));
    for (size_t j = 0; j < CUTS; j++)
        measured(L, "the last %2zu of 50 steps replaced by x_0_hat %10.5f %9.5f", cut_at[j],
                 mean_cut(r, j, SIMPLE), mean_cut(r, j, VLB));
    const interval d = paired(r, vlb);
    measured(L, "bound: L_simple minus bound %+.4f +- %.4f nats (positive would mean worse)",
             d.mean, d.half);
    evidence(L,
             "5 pairs, bound: L_simple minus bound %+.4f +- %.4f nats (positive: worse); energy "
             "distance of L_simple, 5 of 50 steps left out %.4f, whole chain %.4f",
             d.mean, d.half, mean_cut(r, 0, SIMPLE), mean_of(r, energy, SIMPLE));
}

static void write_pairs(lesson *L, const trial *r)
{
    data_file *f = data_open(L, "pairs", "seed energy_simple energy_vlb vlb_simple vlb_vlb floor");
    for (size_t i = 0; i < SEEDS; i++)
        data_line(f, "%zu %.9g %.9g %.9g %.9g %.9g", i + 1, r->of[i][SIMPLE].worth.energy,
                  r->of[i][VLB].worth.energy, r->of[i][SIMPLE].worth.vlb, r->of[i][VLB].worth.vlb,
                  r->floor_energy);
    data_close(f);
}

int main(int argc, char **argv)
{
    lesson *L = lesson_open(argc, argv, 22, "L_simple against the bound");
    if (lesson_random_only(L)) return lesson_close(L); /* chance enters by training only */

    section(L, "22.1  Better samples?  Five pairs of networks");
    const trial r = run_trial(L);
    better_samples(L, &r);
    section(L, "22.2  A worse bound?  A theorem, and the same networks");
    worse_bound(L, &r);
    section(L, "22.3  Where the gradient goes");
    gradient_shares(L, &r);
    small_t(L, &r);

    write_pairs(L, &r);
    return lesson_close(L);
}
