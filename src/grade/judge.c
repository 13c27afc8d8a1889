/* judge.c -- calls, compares, and words what was found. */
#include "grade/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/signature.h"

/* float keeps 29 bits less than double */
static const double single = 536870912.0;
/* Share of the points for t = 1, where it counts apart. */
static const double end_share = 0.25;

bool judge_close(double value, double truth, double tolerance, double loose)
{
    return fabs(value - truth) <= loose * tolerance;
}

static bool judged(const exercise *e, size_t i, size_t outputs)
{
    return i >= e->judged_from && (e->judged_to == 0 || i < e->judged_to) && i < outputs;
}

/* The first output that is off, or `outputs` when all are right. */
static size_t first_wrong(const exercise *e, const judge_case *c, double loose)
{
    const size_t outputs = exercise_outputs(e, c->n);
    for (size_t i = 0; i < outputs; i++)
        if (judged(e, i, outputs) && !judge_close(c->out[i], c->truth[i], c->tolerance[i], loose))
            return i;
    return outputs;
}

static bool right(const exercise *e, const judge_case *c, double loose)
{
    return first_wrong(e, c, loose) == exercise_outputs(e, c->n);
}

static enum remote_status call(const exercise *e, remote *r, const judge_case *c, double *out,
                               char *why, size_t size)
{
    const size_t which = c->which < JUDGE_SCHEDULES ? c->which + 1 : 0;
    return remote_call(r, e->f, which, c->t, c->n, c->in, exercise_inputs(e, c->n), out,
                       exercise_outputs(e, c->n), why, size);
}

static void word_place(const judge_world *w, const exercise *e, const judge_case *c, char *to,
                       size_t size)
{
    if (e->shape == SHAPE_BIN)
        snprintf(to, size, "at k = %zu", c->t);
    else if (c->which >= JUDGE_SCHEDULES)
        snprintf(to, size, e->shape == SHAPE_PATH ? "on a path with T = %zu" : "at a random point",
                 c->n);
    else if (e->shape == SHAPE_PATH || e->shape == SHAPE_END)
        snprintf(to, size, "on %s (T = %zu)", w->names[c->which], w->schedules[c->which]->T);
    else if (e->shape == SHAPE_VECTOR)
        snprintf(to, size, "at t = %zu of %s, D = %zu", c->t, w->names[c->which], c->n);
    else
        snprintf(to, size, "at t = %zu of %s", c->t, w->names[c->which]);
}

/* The case that is shown: the middle of L1000 when it is wrong, else the first wrong one. */
static const judge_case *shown(const exercise *e, const judge_world *w, const judge_case *cases,
                               size_t n)
{
    const judge_case *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!cases[i].answered || right(e, &cases[i], 1.0)) continue;
        if (!first) first = &cases[i];
        if (cases[i].which == 0 && cases[i].t == w->schedules[0]->T / 2) return &cases[i];
    }
    return first;
}

static void word_difference(const exercise *e, const judge_world *w, const judge_case *c,
                            verdict *v)
{
    char place[80], output[40] = "";
    const size_t i = first_wrong(e, c, 1.0);
    word_place(w, e, c, place, sizeof place);
    if (exercise_outputs(e, c->n) > 1) snprintf(output, sizeof output, " (entry %zu)", i);
    snprintf(v->why, sizeof v->why, "%s%s: got %.8g, expected %.8g", place, output, c->out[i],
             c->truth[i]);
}

static bool unwritten(const exercise *e, const judge_case *cases, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const size_t outputs = exercise_outputs(e, cases[k].n);
        for (size_t i = 0; i < outputs; i++)
            if (judged(e, i, outputs) && !isnan(cases[k].out[i])) return false;
    }
    return n > 0;
}

/* Calls some cases again: a pure function returns the same bits. */
static bool steady(const exercise *e, remote *r, const judge_case *cases, size_t n, verdict *v)
{
    double again[EXERCISE_MAX_NUMBERS];
    const size_t picks[] = {n / 2, 0, n - 1};
    for (size_t k = 0; k < 3; k++) {
        const judge_case *c = &cases[picks[k]];
        const size_t outputs = exercise_outputs(e, c->n);
        if (call(e, r, c, again, v->why, sizeof v->why) != REMOTE_OK) return false;
        for (size_t i = 0; i < outputs; i++)
            if (judged(e, i, outputs) && memcmp(&again[i], &c->out[i], sizeof again[i]) != 0) {
                snprintf(v->why, sizeof v->why,
                         "two calls with the same numbers gave %.8g and %.8g", c->out[i], again[i]);
                snprintf(v->hint_id, sizeof v->hint_id, "unsteady");
                snprintf(v->hint, sizeof v->hint,
                         "Does your function remember something from call to call?");
                return false;
            }
    }
    return true;
}

static void compare(const exercise *e, remote *r, const judge_world *w, const judge_case *cases,
                    size_t n, verdict *v)
{
    bool inside = true, end = true, exact = true;
    for (size_t i = 0; i < n; i++) {
        if (!cases[i].answered) {
            end = false; /* only cases at the end are ever left unanswered here */
            continue;
        }
        exact = exact && right(e, &cases[i], 1.0);
        if (right(e, &cases[i], single)) continue;
        if (cases[i].end)
            end = false;
        else
            inside = false;
    }
    char failure[400];
    snprintf(failure, sizeof failure, "%s", v->why);
    v->why[0] = '\0';
    if (inside && !steady(e, r, cases, 2 < n ? n / 2 : 1, v)) {
        v->result = RESULT_FAILED;
        return;
    }
    v->fraction = inside ? (end ? 1.0 : 1.0 - end_share) : 0.0;
    v->single_precision = inside && !exact && end;
    v->result = inside && end ? RESULT_RIGHT : RESULT_WRONG;
    if (v->result == RESULT_RIGHT) return;
    const judge_case *c = shown(e, w, cases, n);
    if (unwritten(e, cases, n))
        v->result = RESULT_UNWRITTEN;
    else if (c)
        word_difference(e, w, c, v);
    else
        snprintf(v->why, sizeof v->why, "%s", failure);
    if (v->result == RESULT_WRONG) signature_find(e, w, cases, n, v);
}

void judge_exercise(const exercise *e, remote *r, const judge_world *w, verdict *v)
{
    judge_case *cases = NULL;
    const size_t n = judge_cases_alloc(e, w, &cases);
    *v = (verdict){.result = RESULT_FAILED};
    if (n == 0) snprintf(v->why, sizeof v->why, "the grader is out of memory");
    bool ok = n > 0;
    for (size_t i = 0; i < n && ok; i++) {
        char why[300], place[80];
        const enum remote_status status = call(e, r, &cases[i], cases[i].out, why, sizeof why);
        cases[i].answered = status == REMOTE_OK;
        if (status == REMOTE_OK) continue;
        word_place(w, e, &cases[i], place, sizeof place);
        if (status == REMOTE_FAILED && strncmp(why, "your file", 9) != 0)
            snprintf(v->why, sizeof v->why, "%s: %s", place, why);
        else
            snprintf(v->why, sizeof v->why, "%s", why);
        if (status == REMOTE_MISSING) v->result = RESULT_MISSING;
        if (cases[i].end) break; /* the inside has been answered and still counts */
        ok = false;
    }
    if (ok) compare(e, r, w, cases, n, v);
    judge_cases_free(cases, n);
}
