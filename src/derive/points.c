/* points.c -- what the chains of a text earn. */
#include "derive/points.h"

#include <string.h>

#include "derive/points_climb.h"
#include "derive/points_table.h"

/* The highest rung of a ladder that a homework asks for. */
static int top_of(const char *ladder, const char *homework)
{
    int top = 0;
    for (size_t i = 0; i < rung_award_n; i++) {
        const rung_award *a = &rung_awards[i];
        if (a->ladder && strcmp(a->ladder, ladder) == 0 && a->height > top &&
            strncmp(a->id, homework, strlen(homework)) == 0)
            top = a->height;
    }
    return top;
}

size_t derive_points(derive_result *r, const char *homework,
                     derive_award awards[DERIVE_MOST_AWARDS])
{
    climb all[MOST_LADDERS] = {{.ladder = NULL}};
    checker *c = r->inside;
    jmp_buf escape;
    volatile size_t n = 0;
    const size_t length = strlen(homework);
    c->memory.escape = &escape;
    if (r->error || setjmp(escape) != 0) return n;
    climber k = climber_open(c);
    for (size_t i = 0; i < rung_award_n && n < DERIVE_MOST_AWARDS; i++) {
        const rung_award *a = &rung_awards[i];
        if (strncmp(a->id, homework, length) != 0 || a->id[length] != '-') continue;
        derive_award *one = &awards[n];
        *one = (derive_award){
            .id = a->id, .title = a->title, .points = a->points, .machine = a->ladder != NULL};
        n = n + 1;
        if (!a->ladder) continue;
        climb fresh = {.ladder = a->ladder};
        climb_item(&fresh, 0, top_of(a->ladder, homework));
        const climb *on = climb_of(&k, r, all, &fresh);
        one->earned = on->reached[a->height];
        one->row = on->row[a->height];
    }
    return n;
}

/* ---- Coursework: some milestones, and what an earlier item leads to is given ---- */

static const rung_award *award_find(const char *id)
{
    for (size_t i = 0; i < rung_award_n; i++)
        if (strcmp(rung_awards[i].id, id) == 0) return &rung_awards[i];
    return NULL;
}

const char *derive_milestone(const char *id)
{
    const rung_award *a = award_find(id);
    return a && a->ladder ? a->title : NULL;
}

/* The lowest rung (MOST_HEIGHT: none) that an item asks for on a ladder, and the highest. */
static int lowest_of(const char *ladder, const derive_award *awards, size_t n, size_t item,
                     int *top)
{
    int lowest = MOST_HEIGHT;
    *top = 0;
    for (size_t i = 0; i < n; i++) {
        const rung_award *a = award_find(awards[i].id);
        if (awards[i].item != item || strcmp(a->ladder, ladder) != 0) continue;
        if (a->height < lowest) lowest = a->height;
        if (a->height > *top) *top = a->height;
    }
    return lowest;
}

/* An item begins where the item below it on the ladder ends. */
static int begin_of(const char *ladder, const derive_award *awards, size_t n, int lowest)
{
    int begin = 0;
    for (size_t i = 0; i < n; i++) {
        const rung_award *a = award_find(awards[i].id);
        if (strcmp(a->ladder, ladder) == 0 && a->height < lowest && a->height > begin)
            begin = a->height;
    }
    return begin;
}

/* A ladder before the first step.  The forms below the lowest own milestone are given. */
static climb fresh_of(const char *ladder, const derive_award *awards, size_t n, size_t n_own)
{
    climb fresh = {.ladder = ladder};
    int top;
    for (size_t i = 0; i < n; i++) {
        const int lowest = lowest_of(ladder, awards, n, awards[i].item, &top);
        if (top > 0) climb_item(&fresh, begin_of(ladder, awards, n, lowest), top);
        if (top > 0 && i < n_own) fresh.granted = lowest - 1;
    }
    return fresh;
}

/* Lines that hold and say something, but whose form no own ladder knows, and the arrivals that were
 * refused behind such a line.  Padding says nothing. */
static size_t unexplained_by(climber *k, const derive_result *r, const climb *all)
{
    size_t n = 0;
    for (const derive_line *l = r->lines; l; l = l->next) {
        if (l->verdict != DERIVE_OK || l->relation != REL_EQUAL || !l->left || !l->right ||
            node_equal(l->left, l->right))
            continue;
        bool known = false;
        for (size_t i = 0; i < MOST_LADDERS && all[i].ladder; i++) {
            const stand s = climb_stand(k, all[i].ladder, l->right);
            known = known || climb_padded(k->c, all[i].ladder, l->right) ||
                    (s.height >= 0 && climb_belongs(k, &all[i], l->right, s) &&
                     (n == 0 || climb_stands(&all[i], s.height)));
        }
        n += !known;
    }
    return n;
}

static size_t reach(climber *k, derive_result *r, derive_award *awards, size_t n, size_t n_own)
{
    climb all[MOST_LADDERS] = {{.ladder = NULL}};
    size_t unexplained = 0;
    for (size_t i = 0; i < n; i++) {
        const rung_award *a = award_find(awards[i].id);
        const climb fresh = fresh_of(a->ladder, awards, n, n_own);
        const climb *on = climb_of(k, r, all, &fresh);
        awards[i].earned = on->reached[a->height];
        awards[i].row = on->row[a->height];
        awards[i].restated = on->restated[a->height] && !on->reached[a->height];
        if (i + 1 == n_own) unexplained = unexplained_by(k, r, all);
    }
    return unexplained;
}

size_t derive_reach(derive_result *r, derive_award *awards, size_t n, size_t n_own)
{
    checker *c = r->inside;
    jmp_buf escape;
    for (size_t i = 0; i < n; i++) awards[i].earned = awards[i].restated = false;
    c->memory.escape = &escape;
    if (r->error || setjmp(escape) != 0) return 0;
    climber k = climber_open(c);
    return reach(&k, r, awards, n, n_own);
}

void derive_print_points(FILE *out, const derive_award *awards, size_t n)
{
    double earned = 0.0, machine = 0.0, person = 0.0;
    for (size_t i = 0; i < n; i++) {
        const derive_award *a = &awards[i];
        const char *state = !a->machine ? "a person" : a->earned ? "earned" : "not reached";
        fprintf(out, "%-11s %4.1f  %-11s  %s", a->id, a->points, state, a->title);
        if (a->earned) fprintf(out, "  (line %zu)", a->row);
        fprintf(out, "\n");
        earned += a->earned ? a->points : 0.0;
        *(a->machine ? &machine : &person) += a->points;
    }
    fprintf(out, "%.1f of %.1f points by derivation; %.1f points are for a person to judge\n",
            earned, machine, person);
}
