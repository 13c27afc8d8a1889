/* written.c -- awards the derivations. */
#include "grade/written.h"

#include <stdio.h>
#include <string.h>

#include "derive/points.h"
#include "grade/derivation.h"

enum { MOST_DERIVATIONS = 8, MOST_IDS = 160 };

/* The derivations of one submission. */
typedef struct written {
    item *items[MOST_DERIVATIONS];
    derivation found[MOST_DERIVATIONS];
    size_t n;
} written;

static void list_derivations(written *all, grading *g)
{
    for (size_t k = 0; k < g->n; k++)
        if (g->items[k].row->kind == KIND_DERIVATION && all->n < MOST_DERIVATIONS)
            all->items[all->n++] = &g->items[k];
}

/* The milestones of one item, separated by commas, behind those of another one. */
static void add_ids(char *to, const points_row *row)
{
    milestone list[POINTS_MILESTONES];
    const size_t n = points_milestones(row, list);
    for (size_t i = 0; i < n; i++) {
        const size_t at = strlen(to);
        snprintf(to + at, MOST_IDS - at, "%s%s", at == 0 ? "" : i ? "," : "/", list[i].id);
    }
}

static void judge_one(written *all, size_t which, const workshop *w, const char *scratch)
{
    char own[MOST_IDS] = "", others[MOST_IDS] = "";
    text before = {0};
    add_ids(own, all->items[which]->row);
    for (size_t i = 0; i < all->n; i++) {
        if (i != which) add_ids(others, all->items[i]->row);
        if (i < which)
            text_add_bytes(&before, text_of(&all->items[i]->answer), all->items[i]->answer.size);
        if (i < which) text_add(&before, "\n\n");
    }
    const derivation_job job = {.where = &w->where,
                                .program = w->deriver,
                                .scratch = scratch,
                                .own = own,
                                .others = others,
                                .before = &before,
                                .answer = &all->items[which]->answer,
                                .seconds = DERIVATION_SECONDS};
    derivation_judge(&all->found[which], &job);
    text_free(&before);
}

/* ---- What came out, in words ---- */

static const char *reason_of(const derivation *d)
{
    switch (d->state) {
    case DERIVATION_NOTHING: return "no formula was found that the checker can read";
    case DERIVATION_COSTLY: return "too expensive to check";
    case DERIVATION_FAILED: return "it could not be checked";
    case DERIVATION_HOLDS: return "every line holds, but it is a way of its own";
    default: return d->reason;
    }
}

static void leave_to_person(item *i, const derivation *d)
{
    i->state = ITEM_PENDING;
    if (d->row > 0)
        snprintf(i->why, sizeof i->why, "left to a person: line %zu (%s): %s", d->row, d->quote,
                 reason_of(d));
    else
        snprintf(i->why, sizeof i->why, "left to a person: %s", reason_of(d));
}

static void explain_wrong(item *i, const derivation *d, const char *question)
{
    snprintf(i->why, sizeof i->why, "line %zu of the answer is wrong: %s  %s%s%s%s", d->row,
             d->quote, d->values[0] ? "in a world of " : d->reason, d->values[0] ? d->world : "",
             d->values[0] ? ": " : "", d->values);
    snprintf(i->hint, sizeof i->hint, "%s", d->hint[0] ? d->hint : question);
    snprintf(i->hint_id, sizeof i->hint_id, "%s", d->signature[0] ? d->signature : "wrong-step");
}

static void explain_missing(item *i, bool restated, const char *missing, const char *question)
{
    snprintf(i->why, sizeof i->why, "%s no chain of steps leads to: %s%s",
             i->answer.size > 0 ? "every line holds, but" : "only a part stands in another answer:",
             missing,
             restated ? "; one line leads from the beginning to the end, with no form between"
                      : "");
    snprintf(i->hint, sizeof i->hint, "%s", question);
    snprintf(i->hint_id, sizeof i->hint_id, "steps-missing");
}

/* ---- Points ---- */

static bool reached(const written *all, const char *id)
{
    for (size_t i = 0; i < all->n; i++)
        if (derivation_reached(&all->found[i], id)) return true;
    return false;
}

static void award(written *all, size_t which)
{
    item *i = all->items[which];
    const derivation *d = &all->found[which];
    const bool empty = i->answer.size == 0;
    milestone list[POINTS_MILESTONES];
    const size_t n = points_milestones(i->row, list);
    const char *missing = NULL;
    for (size_t k = 0; k < n; k++) {
        if (reached(all, list[k].id))
            i->earned += list[k].points;
        else if (!missing)
            missing = list[k].id;
    }
    i->state = !missing ? ITEM_RIGHT : i->earned > 0.0 ? ITEM_PART : ITEM_WRONG;
    if (!missing) return;
    if (empty && i->earned <= 0.0) {
        i->state = ITEM_UNANSWERED;
        snprintf(i->why, sizeof i->why, "not answered");
    } else if (!empty && !derivation_decided(d)) {
        i->earned = 0.0;
        leave_to_person(i, d);
    } else if (!empty && d->state == DERIVATION_WRONG) {
        explain_wrong(i, d, derivation_question(missing));
    } else {
        explain_missing(i, d->restated, derive_milestone(missing), derivation_question(missing));
    }
}

void written_derivations(grading *g, const workshop *w)
{
    written all = {.n = 0};
    char scratch[400];
    list_derivations(&all, g);
    if (all.n == 0) return;
    const bool ready = workshop_scratch(w, scratch, sizeof scratch);
    for (size_t i = 0; i < all.n; i++) {
        all.found[i] = (derivation){.state = DERIVATION_FAILED};
        if (ready && all.items[i]->answer.size > 0) judge_one(&all, i, w, scratch);
        g->fault = g->fault || all.found[i].fault;
    }
    if (ready) workshop_remove(scratch);
    for (size_t i = 0; i < all.n; i++) award(&all, i);
}
