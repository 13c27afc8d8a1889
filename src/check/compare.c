/* compare.c -- exact comparisons: values, gaps, inequalities and exhaustive loops. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_machine.h>

#include "check/lesson.h"

static bool accepted(double value, double reference, double tolerance)
{
    return fabs(value - reference) <= tolerance; /* NaN is refused */
}

/* 8 tolerances away, on either side, the same comparison must refuse.  Equality (tolerance 0) is
 * shaken by 8 units in the last place. */
static bool shaken(double value, double reference, double tolerance)
{
    const double step =
        tolerance > 0.0 ? 8.0 * tolerance : 8.0 * GSL_DBL_EPSILON * fmax(fabs(reference), 1.0);
    return !accepted(value + step, reference, tolerance) &&
           !accepted(value - step, reference, tolerance);
}

static double ratio_of(double value, double reference, double tolerance)
{
    const double difference = fabs(value - reference);
    if (difference == 0.0) return 0.0;
    return tolerance > 0.0            ? difference / tolerance
           : difference == difference ? (double)INFINITY
                                      : (double)NAN;
}

unsigned long check_hash(unsigned long hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (unsigned long)(((uint64_t)hash ^ bits) * 1099511628211u + 0x9e3779b97f4a7c15u);
}

void gap_add(gap *g, size_t at, double value, double reference, double tolerance)
{
    const double ratio = ratio_of(value, reference, tolerance);
    const bool worse = g->n == 0 || ratio > g->ratio || (ratio != ratio && g->ratio == g->ratio);
    g->n++;
    if (worse && g->ratio == g->ratio) {
        g->at = at;
        g->ratio = ratio;
        g->value = value;
        g->reference = reference;
        g->tolerance = tolerance;
    }
    if (accepted(value, reference, tolerance) && !shaken(value, reference, tolerance))
        g->unshaken = true;
    g->value_hash = check_hash(g->value_hash, value);
    g->reference_hash = check_hash(g->reference_hash, reference);
}

static void measure_exact(finding *f)
{
    const int n = (int)sizeof f->measure;
    if (f->ratio != f->ratio)
        snprintf(f->measure, (size_t)n, "not a number");
    else if (f->ratio == 0.0)
        snprintf(f->measure, (size_t)n, "exact");
    else if (f->tolerance == 0.0)
        snprintf(f->measure, (size_t)n, "off by %.2g where equality is due",
                 fabs(f->value - f->reference));
    else
        snprintf(f->measure, (size_t)n, "%.2g of the tolerance %.1e", f->ratio, f->tolerance);
}

static void compare_gap(lesson *L, enum kind kind, const char *formula, const char *what,
                        const gap *g)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "value",
                 .n = g->n,
                 .at = g->at,
                 .value = g->value,
                 .reference = g->reference,
                 .tolerance = g->tolerance,
                 .ratio = g->ratio,
                 .value_hash = g->value_hash,
                 .reference_hash = g->reference_hash};
    f.accepted = g->n > 0 && g->ratio <= 1.0;
    f.shaken = !g->unshaken;
    f.counts = g->n > 0 && g->ratio == g->ratio;
    f.why = g->n == 0 ? "nothing was compared" : f.counts ? NULL : "not a number";
    measure_exact(&f);
    report_finding(L, &f);
}

void road_gap(lesson *L, const char *formula, const char *what, const gap *g)
{
    compare_gap(L, ROAD, formula, what, g);
}

void control_gap(lesson *L, const char *what, const gap *g)
{
    compare_gap(L, CONTROL, NULL, what, g);
}

void printed_gap(lesson *L, const char *what, const gap *g)
{
    compare_gap(L, PRINTED, NULL, what, g);
}

static void compare(lesson *L, enum kind kind, const char *formula, const char *what, double value,
                    double reference, double tolerance)
{
    gap one = {0};
    gap_add(&one, 0, value, reference, tolerance);
    compare_gap(L, kind, formula, what, &one);
}

void road(lesson *L, const char *formula, const char *what, double value, double reference,
          double tolerance)
{
    compare(L, ROAD, formula, what, value, reference, tolerance);
}

void control(lesson *L, const char *what, double wrong, double reference, double tolerance)
{
    compare(L, CONTROL, NULL, what, wrong, reference, tolerance);
}

void printed(lesson *L, const char *what, double as_printed, double reference, double tolerance)
{
    compare(L, PRINTED, NULL, what, as_printed, reference, tolerance);
}

/* ---- Inequalities and exhaustive loops ---- */

static void compare_below(lesson *L, enum kind kind, const char *formula, const char *what,
                          double smaller, double larger, double margin)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "below",
                 .n = 1,
                 .value = smaller,
                 .reference = larger,
                 .tolerance = margin,
                 .ratio = larger - smaller};
    f.value_hash = check_hash(0, smaller);
    f.reference_hash = check_hash(0, larger);
    f.accepted = smaller + margin <= larger;
    f.shaken = !(larger + margin <= smaller); /* the exchanged inequality must not hold as well */
    f.counts = margin >= 0.0 && f.ratio == f.ratio;
    f.why = f.counts ? NULL : "not a number";
    snprintf(f.measure, sizeof f.measure, "%.6g %s %.6g", smaller, f.accepted ? "<=" : "exceeds",
             larger);
    report_finding(L, &f);
}

void road_below(lesson *L, const char *formula, const char *what, double smaller, double larger,
                double margin)
{
    compare_below(L, ROAD, formula, what, smaller, larger, margin);
}

void control_below(lesson *L, const char *what, double smaller, double larger, double margin)
{
    compare_below(L, CONTROL, NULL, what, smaller, larger, margin);
}

void printed_below(lesson *L, const char *what, double smaller, double larger, double margin)
{
    compare_below(L, PRINTED, NULL, what, smaller, larger, margin);
}

static void compare_all(lesson *L, enum kind kind, const char *formula, const char *what,
                        size_t violations, size_t cases)
{
    finding f = {.kind = kind,
                 .formula = formula,
                 .what = what,
                 .shape = "all",
                 .n = cases,
                 .value = (double)violations,
                 .ratio = (double)violations,
                 .shaken = true};
    f.value_hash = check_hash(0, f.value);
    f.accepted = cases > 0 && violations == 0;
    f.counts = cases > 0 && violations <= cases;
    f.why = f.counts ? NULL : "no case was looked at";
    if (violations > 0)
        snprintf(f.measure, sizeof f.measure, "violated in %zu of %zu cases", violations, cases);
    else
        snprintf(f.measure, sizeof f.measure, "in all %zu cases", cases);
    report_finding(L, &f);
}

void road_all(lesson *L, const char *formula, const char *what, size_t violations, size_t cases)
{
    compare_all(L, ROAD, formula, what, violations, cases);
}

void control_all(lesson *L, const char *what, size_t violations, size_t cases)
{
    compare_all(L, CONTROL, NULL, what, violations, cases);
}

void printed_all(lesson *L, const char *what, size_t violations, size_t cases)
{
    compare_all(L, PRINTED, NULL, what, violations, cases);
}
