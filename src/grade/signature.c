/* signature.c -- recognises wrong formulas by their values. */
#include "grade/signature.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool same(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b)) return a == b;
    return fabs(a - b) <= 1e4 * tolerance + 1e-9 * fmax(fabs(a), fabs(b));
}

static bool judged(const exercise *e, size_t i, size_t outputs)
{
    return i >= e->judged_from && (e->judged_to == 0 || i < e->judged_to) && i < outputs;
}

static void set(verdict *v, const char *id, const char *hint)
{
    snprintf(v->hint_id, sizeof v->hint_id, "%s", id);
    snprintf(v->hint, sizeof v->hint, "%s", hint);
}

/* ---- Named wrong formulas ---- */

typedef struct suspect {
    const misprint *printed;
    const mistake *made;
    int transform; /* 0 none, -1 and +1 the index is off, 2 the first two numbers swapped */
} suspect;

static bool evaluate(const suspect *who, const exercise *e, const judge_world *w,
                     const judge_case *c, double *out)
{
    const schedule *s = c->which < JUDGE_SCHEDULES ? w->schedules[c->which] : NULL;
    if (who->printed) {
        exercise_misprint(e, who->printed, s, c->t, c->n, c->in, out);
    } else if (who->made) {
        who->made->value(s, c->t, c->n, c->in, out);
    } else if (who->transform == 2) {
        double in[EXERCISE_MAX_NUMBERS];
        memcpy(in, c->in, exercise_inputs(e, c->n) * sizeof *in);
        in[0] = c->in[1];
        in[1] = c->in[0];
        e->reference(s, c->t, c->n, in, out);
    } else {
        const size_t t = c->t + (size_t)who->transform; /* wraps for -1, as it should */
        if (!s || t < e->first_t || t > s->T) return false;
        e->reference(s, t, c->n, c->in, out);
    }
    return true;
}

/* Do the student's values follow the suspect in every case, and not only where it is right? */
static bool matches(const suspect *who, const exercise *e, const judge_world *w,
                    const judge_case *cases, size_t n, bool ends)
{
    size_t seen = 0, telling = 0;
    for (size_t k = 0; k < n; k++) {
        const judge_case *c = &cases[k];
        double out[EXERCISE_MAX_NUMBERS];
        if (!c->answered || (!ends && c->t == 1)) continue;
        if (!evaluate(who, e, w, c, out)) continue;
        const size_t outputs = exercise_outputs(e, c->n);
        for (size_t i = 0; i < outputs; i++) {
            if (!judged(e, i, outputs)) continue;
            if (!same(c->out[i], out[i], c->tolerance[i])) return false;
            seen++;
            if (!judge_close(out[i], c->truth[i], c->tolerance[i], 1.0)) telling++;
        }
    }
    return seen > 0 && telling > 0;
}

static bool named(const exercise *e, const judge_world *w, const judge_case *cases, size_t n,
                  verdict *v, bool ends)
{
    for (const mistake *m = NULL; (m = mistake_next(e->f, m));)
        if (matches(&(suspect){.made = m}, e, w, cases, n, ends)) {
            set(v, m->id, m->hint);
            return true;
        }
    if (!e->quantity) return false;
    for (const misprint *m = NULL; (m = misprint_next(e->quantity, m));)
        if (matches(&(suspect){.printed = m}, e, w, cases, n, ends)) {
            set(v, m->id, m->hint);
            return true;
        }
    return false;
}

static bool transformed(const exercise *e, const judge_world *w, const judge_case *cases, size_t n,
                        verdict *v)
{
    const bool steps = e->shape == SHAPE_POINT || e->shape == SHAPE_VECTOR;
    if (steps && (matches(&(suspect){.transform = -1}, e, w, cases, n, false) ||
                  matches(&(suspect){.transform = 1}, e, w, cases, n, false))) {
        set(v, "index",
            "Your values belong to a neighbouring step: which index has seen t steps of "
            "noise, and does your array start at 0 or at 1?");
        return true;
    }
    if (e->scalars >= 2 && matches(&(suspect){.transform = 2}, e, w, cases, n, false)) {
        set(v, "swapped", "In which order do the two arguments come?");
        return true;
    }
    return false;
}

/* ---- Ratios ---- */

typedef double factor_value(const schedule *s, size_t t, size_t D, double first);

static double root_var(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->var_bar[t]);
}
static double root_abar(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->alpha_bar[t]);
}
static double root_abar_before(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->alpha_bar[t - 1]);
}
static double root_alpha(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->alpha[t]);
}
static double root_beta(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->beta[t]);
}
static double variances(const schedule *s, size_t t, size_t D, double first)
{
    (void)D, (void)first;
    return sqrt(s->beta_tilde[t] / s->beta[t]);
}
static double two(const schedule *s, size_t t, size_t D, double first)
{
    (void)s, (void)t, (void)D, (void)first;
    return sqrt(2.0);
}
static double dimension(const schedule *s, size_t t, size_t D, double first)
{
    (void)s, (void)t, (void)first;
    return sqrt((double)D);
}
static double first_number(const schedule *s, size_t t, size_t D, double first)
{
    (void)s, (void)t, (void)D;
    return sqrt(fabs(first));
}

/* Each factor is tried to the powers -2, -1, 1, 2 (it is a root), and with either sign. */
static const struct {
    const char *id, *hint;
    factor_value *value;
    bool vector, number;
} factors[] = {
    {"factor-var-bar",
     "Is 1-abar_t in this place a variance or a standard deviation, and does it "
     "belong there at all?",
     root_var, false, false},
    {"factor-abar", "Do you scale by what all t steps keep, by what one step keeps, or by neither?",
     root_abar, false, false},
    {"factor-abar-before", "Which step has x_{t-1} seen last?", root_abar_before, false, false},
    {"factor-alpha",
     "One step shrinks by sqrt(alpha_t): how often, and in which direction, do you "
     "apply it?",
     root_alpha, false, false},
    {"factor-beta", "Which power of beta_t does this term carry?", root_beta, false, false},
    {"factor-variances", "Which variance belongs here, that of the step or that of the posterior?",
     variances, false, false},
    {"factor-two", "Where does a factor 2 arise in your derivation, and where does it go?", two,
     false, false},
    {"factor-dimension", "Is it a sum over the coordinates, a mean, or only one of them?",
     dimension, true, false},
    {"factor-sigma", "Is the number you were given a variance or a standard deviation?",
     first_number, false, true},
};

/* The ratio of the student's value, or of coefficient j of a linear function, to the truth. */
static double ratio(const exercise *e, const judge_case *a, const judge_case *b, int j)
{
    if (!e->linear) return a->out[0] / a->truth[0];
    const int k = 1 - j;
    const double det = a->in[j] * b->in[k] - b->in[j] * a->in[k];
    const double mine = (a->out[0] * b->in[k] - b->out[0] * a->in[k]) / det;
    const double truth = (a->truth[0] * b->in[k] - b->truth[0] * a->in[k]) / det;
    return mine / truth;
}

/* Is the ratio sign * factor^power at every marked pair of cases? */
static bool fits(const exercise *e, const judge_world *w, const judge_case *cases, size_t n, int j,
                 size_t f, int power, double sign)
{
    size_t seen = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        const judge_case *a = &cases[i], *b = &cases[i + 1];
        if (!a->answered || !b->answered || a->which > 1 || a->t < 2) continue;
        if (e->linear && (a->which != b->which || a->t != b->t)) continue;
        const double root =
            factors[f].value(w->schedules[a->which], a->t, a->n ? a->n : 1, a->in[0]);
        const double r = ratio(e, a, b, j);
        if (!isfinite(r) || !same(r, sign * pow(root, power), 1e-12)) return false;
        seen++;
    }
    return seen >= 4;
}

static bool proportional(const exercise *e, const judge_world *w, const judge_case *cases, size_t n,
                         verdict *v)
{
    static const int powers[] = {1, -1, 2, -2};
    const misprint_quantity *q = e->quantity ? misprint_quantity_find(e->quantity) : NULL;
    if (e->shape != SHAPE_POINT && e->shape != SHAPE_VECTOR) return false;
    for (int j = 0; j < (e->linear ? 2 : 1); j++)
        for (size_t f = 0; f < sizeof factors / sizeof factors[0]; f++) {
            if (factors[f].vector && e->shape != SHAPE_VECTOR) continue;
            if (factors[f].number && !(e->positive && e->scalars == 1)) continue;
            for (int p = 0; p < 8; p++) {
                if (!fits(e, w, cases, n, j, f, powers[p % 4], p < 4 ? 1.0 : -1.0)) continue;
                set(v, factors[f].id, factors[f].hint);
                if (e->linear && q)
                    snprintf(v->hint, sizeof v->hint,
                             "Look at your coefficient of the %s of (%s): %s",
                             j == 0 ? "first" : "second", q->arguments, factors[f].hint);
                return true;
            }
        }
    return false;
}

static bool minus(const exercise *e, const judge_case *cases, size_t n)
{
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t outputs = exercise_outputs(e, cases[i].n);
        for (size_t k = 0; k < outputs; k++) {
            if (!judged(e, k, outputs) || !cases[i].answered) continue;
            if (!same(cases[i].out[k], -cases[i].truth[k], cases[i].tolerance[k])) return false;
            seen += fabs(cases[i].truth[k]) > 0.0;
        }
    }
    return seen > 0;
}

static bool constant(const exercise *e, const judge_case *cases, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (cases[i].answered && cases[i].out[e->judged_from] != cases[0].out[e->judged_from])
            return false;
    return n > 1;
}

void signature_find(const exercise *e, const judge_world *w, const judge_case *cases, size_t n,
                    verdict *v)
{
    if (named(e, w, cases, n, v, true) || named(e, w, cases, n, v, false)) return;
    if (constant(e, cases, n))
        set(v, "constant", "Which of its arguments should your value depend on?");
    else if (transformed(e, w, cases, n, v))
        return;
    else if (minus(e, cases, n))
        set(v, "sign", "Which sign does the whole carry?");
    else if (!proportional(e, w, cases, n, v) && v->fraction > 0.0)
        set(v, "end", "What happens to your formula at t = 1, where abar_{t-1} = 1?");
    else if (v->hint_id[0] == '\0')
        set(v, "other", "Take T = 2 and compute the value by hand: where do the two part?");
}
