/* grade.c -- grades one submission. */
#include "grade/grade.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/answers.h"
#include "grade/compile.h"
#include "grade/number.h"
#include "grade/written.h"

unsigned long grade_seed(const char *student, const char *assignment, const char *salt)
{
    uint64_t hash = submission_hash_bytes(0, student, strlen(student) + 1);
    hash = submission_hash_bytes(hash, assignment, strlen(assignment) + 1);
    hash = submission_hash_bytes(hash, salt, strlen(salt));
    return (unsigned long)((hash ^ (hash >> 32)) & 0xffffffffu);
}

tally grading_tally(const grading *g, const char *part)
{
    tally sum = {0.0, 0.0, 0.0, 0.0};
    for (size_t i = 0; i < g->n; i++) {
        const points_row *row = g->items[i].row;
        if (part && strcmp(row->part, part) != 0) continue;
        sum.total += row->points;
        sum.earned += g->items[i].earned;
        if (g->items[i].state == ITEM_PENDING)
            sum.pending += row->points;
        else
            sum.machine += row->points;
    }
    return sum;
}

void grading_free(grading *g)
{
    for (size_t i = 0; i < g->n; i++) text_free(&g->items[i].answer);
    free(g->items);
    text_free(&g->complaint);
    text_free(&g->compiler);
    text_free(&g->console);
    *g = (grading){.n = 0};
}

static bool list_items(grading *g, const points_table *points)
{
    g->items = calloc(points->n, sizeof *g->items);
    if (!g->items) return false;
    for (size_t i = 0; i < points->n; i++)
        if (strcmp(points->rows[i].assignment, g->assignment) == 0)
            g->items[g->n++].row = &points->rows[i];
    return g->n > 0;
}

static void award(item *i, bool right, const char *why, const char *id, const char *hint)
{
    i->state = right ? ITEM_RIGHT : ITEM_WRONG;
    i->earned = right ? i->row->points : 0.0;
    snprintf(i->why, sizeof i->why, "%s", right ? "" : why);
    snprintf(i->hint_id, sizeof i->hint_id, "%s", right ? "" : id);
    snprintf(i->hint, sizeof i->hint, "%s", right ? "" : hint);
}

/* ---- Answers ---- */

static void grade_number(item *i)
{
    const number *n = number_find(i->row->checker);
    const char *id = "", *hint = "";
    char why[200];
    double value;
    if (!answers_number(&i->answer, &value)) {
        award(i, false, "this is not a number", "number-format",
              "Is there a single number below the heading, such as 0.27 or 2.7e-1?");
        return;
    }
    const bool right = number_judge(n, value, &id, &hint);
    snprintf(why, sizeof why, "%.6g is not it", value);
    award(i, right, why, id, hint);
}

static void grade_choice(item *i, const workshop *w, const text *key)
{
    char choice[16], wanted[16], why[100];
    text right = {0};
    if (!answers_find(key, i->row->item, &right) ||
        !answers_choice(&right, wanted, sizeof wanted)) {
        i->state = ITEM_PENDING;
        snprintf(i->why, sizeof i->why, "there is no key for this choice");
    } else if (!answers_choice(&i->answer, choice, sizeof choice)) {
        award(i, false, "this is not a choice", "choice-format",
              "Did you write the letters only, without words?");
    } else {
        const char *const words[] = {i->row->assignment, i->row->item, choice};
        const size_t row = sheet_find(&w->choices, words, 3);
        snprintf(why, sizeof why, "%s is not it", choice);
        award(i, strcmp(choice, wanted) == 0, why,
              row < w->choices.rows ? sheet_cell(&w->choices, row, 3) : "choice-other",
              row < w->choices.rows ? sheet_cell(&w->choices, row, 4)
                                    : "Which of the other answers can you rule out?");
    }
    text_free(&right);
}

static void grade_answers(grading *g, const workshop *w, const submission *s)
{
    char path[1024];
    text key = {0};
    snprintf(path, sizeof path, "%s/%s/answers.txt", w->solutions, g->assignment);
    text_read_file(&key, path, 1u << 20);
    for (size_t k = 0; k < g->n; k++) {
        item *i = &g->items[k];
        if (i->row->kind == KIND_CODE) continue;
        const bool there = answers_find(&s->answers, i->row->item, &i->answer);
        const bool written = i->row->kind == KIND_HUMAN || i->row->kind == KIND_DERIVATION;
        if (!there && !written) {
            i->state = ITEM_UNANSWERED;
            snprintf(i->why, sizeof i->why, "not answered");
        } else if (written) {
            i->state = ITEM_PENDING;
        } else if (i->row->kind == KIND_NUMBER) {
            grade_number(i);
        } else {
            grade_choice(i, w, &key);
        }
    }
    text_free(&key);
    written_derivations(g, w);
}

/* ---- Code ---- */

/* What a student's process may ask: a function of its own schedule at an inner t, or of a path. */
static size_t reference(void *context, enum function_id f, const schedule *s, size_t t, size_t n,
                        const double *in, size_t count, double *out)
{
    (void)context;
    for (size_t i = 0; i < n_exercises; i++) {
        const exercise *e = &exercises[i];
        if (e->f != f || exercise_inputs(e, n) != count) continue;
        if (exercise_outputs(e, n) > EXERCISE_MAX_NUMBERS) return 0;
        if (e->shape == SHAPE_POINT && (!s || t < e->first_t)) return 0;
        if (e->shape == SHAPE_PATH && n == 0) return 0;
        e->reference(s, t, n, in, out);
        return exercise_outputs(e, n);
    }
    return 0;
}

/* Does the function of that name in the student's file still hold the TODO of the skeleton? */
static bool still_to_do(const text *source, const char *name)
{
    char opening[80];
    snprintf(opening, sizeof opening, " %s(", name);
    for (const char *at = text_of(source); (at = strstr(at, opening)); at++) {
        const char *body = strpbrk(at, "{;"), *end = body ? strstr(body, "\n}") : NULL;
        const char *mark = body ? strstr(body, "TODO") : NULL;
        if (body && *body == '{' && end && mark && mark < end) return true;
    }
    return false;
}

/* NaN everywhere is a skeleton, or a program that divides by nothing. */
static void explain_nan(verdict *v, const text *source, const char *name)
{
    if (v->result != RESULT_UNWRITTEN || still_to_do(source, name)) return;
    v->result = RESULT_WRONG;
    snprintf(v->why, sizeof v->why, "every value is NaN (not a number)");
    snprintf(v->hint_id, sizeof v->hint_id, "nan");
    snprintf(v->hint, sizeof v->hint,
             "Which division, root or logarithm has no value, and at which t?");
}

static void record(item *i, const verdict *v)
{
    i->earned = v->fraction * i->row->points;
    i->state = v->result == RESULT_RIGHT                                      ? ITEM_RIGHT
               : v->fraction > 0.0                                            ? ITEM_PART
               : v->result == RESULT_UNWRITTEN || v->result == RESULT_MISSING ? ITEM_UNANSWERED
                                                                              : ITEM_WRONG;
    i->single_precision = v->single_precision;
    snprintf(i->why, sizeof i->why, "%s",
             v->result == RESULT_UNWRITTEN ? "not written yet" : v->why);
    snprintf(i->hint_id, sizeof i->hint_id, "%s", v->hint_id);
    snprintf(i->hint, sizeof i->hint, "%s", v->hint);
}

/* Replaces the functions of failed prerequisites by the reference.
 * Returns  whether there was one. */
static bool replace_needs(const grading *g, const item *i, remote *r)
{
    char copy[32], *save = NULL;
    bool any = false;
    snprintf(copy, sizeof copy, "%s", i->row->needs);
    for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save))
        for (size_t k = 0; k < g->n; k++) {
            if (strcmp(g->items[k].row->item, one) != 0 || g->items[k].state == ITEM_RIGHT)
                continue;
            remote_replace(r, exercise_find(g->items[k].row->checker)->f);
            any = true;
        }
    return any;
}

/* In the order of the table: prerequisites come first (points.c), so a function is only ever
 * replaced after it has been judged wrong. */
static void grade_functions(grading *g, remote *r, const judge_world *world, const text *source,
                            void (*after)(const grading *g, void *context), void *context)
{
    for (size_t k = 0; k < g->n; k++) {
        item *i = &g->items[k];
        verdict v;
        if (i->row->kind != KIND_CODE) continue;
        const exercise *e = exercise_find(i->row->checker);
        judge_exercise(e, r, world, &v);
        if (v.result != RESULT_RIGHT && v.result != RESULT_MISSING && replace_needs(g, i, r)) {
            verdict again;
            judge_exercise(e, r, world, &again);
            if (again.fraction > v.fraction) {
                i->replaced = true;
                v = again;
            }
            memset(r->replaced, 0, sizeof r->replaced);
            remote_restart(r);
        }
        explain_nan(&v, source, function_names[e->f]);
        record(i, &v);
        if (after) after(g, context);
    }
}

static void skip_code(grading *g, const char *why)
{
    for (size_t k = 0; k < g->n; k++)
        if (g->items[k].row->kind == KIND_CODE) award(&g->items[k], false, why, "", "");
}

static bool grade_code(grading *g, workshop *w, const submission *s,
                       void (*after)(const grading *g, void *context), void *context)
{
    char scratch[400], library[500];
    judge_world world;
    remote r;
    if (!workshop_scratch(w, scratch, sizeof scratch)) {
        text_add(&g->complaint, "The grader could not make its scratch directory.\n");
        return false;
    }
    compilation made =
        compile(&w->where, w->compiler, scratch, w->homework, g->assignment, &s->source);
    g->compiled = made.ok;
    g->fault = g->fault || made.fault;
    text_add(&g->compiler, "%s", text_of(&made.errors));
    if (!made.ok) {
        if (made.complaint.size > 0) text_add(&g->complaint, "%s\n", text_of(&made.complaint));
        skip_code(g, "not compiled");
    } else if (judge_world_open(&world, g->seed)) {
        snprintf(library, sizeof library, "%s/%s.so", scratch, g->assignment);
        const remote_options options = {.server = w->server,
                                        .scratch = scratch,
                                        .library = library,
                                        .call_seconds = 2.0,
                                        .total_seconds = 10.0,
                                        .schedules = world.schedules,
                                        .n_schedules = JUDGE_SCHEDULES,
                                        .reference = reference};
        remote_open(&r, &w->where, &options);
        grade_functions(g, &r, &world, &s->source, after, context);
        g->timed_out = r.late;
        g->fault = g->fault || r.fault;
        text_add_plain(&g->console, text_of(&r.console_text), 1500);
        remote_close(&r);
        judge_world_close(&world);
    }
    compilation_free(&made);
    workshop_remove(scratch);
    return true;
}

bool grade_submission(grading *g, workshop *w, const submission *s, const char *student,
                      unsigned long seed, void (*after)(const grading *g, void *context),
                      void *context)
{
    const double begin = sandbox_clock();
    *g = (grading){.seed = seed, .no_code = !s->has_source};
    snprintf(g->student, sizeof g->student, "%s", student);
    snprintf(g->assignment, sizeof g->assignment, "%s", s->assignment);
    if (!list_items(g, &w->points)) {
        text_add(&g->complaint, "There is no assignment called '%s'.\n", s->assignment);
        return false;
    }
    text_add(&g->complaint, "%s", text_of(&s->notes));
    grade_answers(g, w, s);
    if (after) after(g, context);
    bool ok = true;
    if (s->has_source)
        ok = grade_code(g, w, s, after, context);
    else
        skip_code(g, "no code was handed in");
    if (g->fault)
        text_add(&g->complaint, "The grader could not start its confinement: this result is not "
                                "final; tell your teaching assistant.\n");
    g->seconds = sandbox_clock() - begin;
    return ok && !g->fault;
}
