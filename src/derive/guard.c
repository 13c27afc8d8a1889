/* guard.c -- the budgets of a check, and evaluations that may be abandoned.
 *
 * Everything whose cost a hostile file could drive up counts its operations here: evaluations, walks
 * through formulas and their definitions, hints.  What exceeds a budget is undecided, never wrong. */
#include "derive/checker.h"

const char *const checker_exhausted_reason =
    "too expensive: the file takes more operations than it may (--budget 10 allows ten times more)";

enum { GUARD = 20 };

void checker_budget(checker *c, double share)
{
    const size_t worlds = c->options.worlds, line = c->options.budget;
    /* A world may cost a file a quarter more than one runaway line. */
    const size_t file = c->options.file_budget ? c->options.file_budget : line + line / 4;
    c->most = c->spent + (size_t)(share * (double)worlds * (double)file);
    c->line_most = worlds * line;
    c->line_from = c->spent;
}

void checker_next_line(checker *c)
{
    c->line_from = c->spent;
}

bool checker_spend(checker *c, size_t n)
{
    c->spent += n;
    return c->spent < c->most;
}

bool checker_exhausted(const checker *c)
{
    return c->spent >= c->most;
}

/* Operations that the next evaluation may take. */
static size_t left(const checker *c)
{
    const size_t line = c->line_from + c->line_most, most = line < c->most ? line : c->most;
    const size_t here = c->spent < most ? most - c->spent : 0;
    return here < c->options.budget ? here : c->options.budget;
}

bool checker_guard(checker *c, const world *w, void (*body)(checker *c, void *data), void *data)
{
    jmp_buf escape;
    jmp_buf *outer = c->work.escape;
    const arena_mark mark = arena_here(&c->work);
    const evaluation before = c->ev;
    c->ev = (evaluation){.memory = &c->work,
                         .w = w,
                         .choice = c->choice,
                         .known = c->known,
                         .budget = left(c),
                         .taken = c->work.total,
                         .memo = c->memo};
    c->work.reason = NULL;
    c->work.escape = &escape;
    const bool done = setjmp(escape) == 0;
    if (done) body(c, data);
    c->work.escape = outer;
    checker_spend(c, GUARD + eval_spent(&c->ev));
    c->starved |= !done && c->ev.outcome == EVAL_EXPENSIVE;
    if (!done && c->ev.culprit) { /* its node may lie in the memory that is given back now */
        node *culprit =
            node_new(&c->memory, c->ev.culprit->kind, c->ev.culprit->from, c->ev.culprit->to);
        culprit->name = c->ev.culprit->name;
        c->ev.culprit = culprit;
    }
    arena_release(&c->work, mark);
    if (done) c->ev = before; /* otherwise the caller reads why it was abandoned */
    return done;
}
