/* worker.c -- grades one student of a class, in a process of its own. */
#include "grade_main/class.h"

#include <stdio.h>
#include <string.h>

#include "grade/report.h"

static void hash_file(uint64_t *hash, const char *path)
{
    text bytes = {0};
    if (text_read_file(&bytes, path, 64u << 20))
        *hash = submission_hash_bytes(*hash, bytes.at, bytes.size);
    text_free(&bytes);
}

/* Which compiler that is: what it says of itself.  Inside of bubblewrap the path is its own. */
static void hash_compiler(uint64_t *hash, const char *compiler)
{
    char command[2048], said[4096];
    snprintf(command, sizeof command,
             "'%.900s' --version 2>&1; PATH=/usr/bin:/bin '%.900s' --version 2>&1", compiler,
             compiler);
    *hash = submission_hash_bytes(*hash, compiler, strlen(compiler));
    FILE *pipe = strchr(compiler, '\'') ? NULL : popen(command, "r");
    if (!pipe) return;
    *hash = submission_hash_bytes(*hash, said, fread(said, 1, sizeof said, pipe));
    pclose(pipe);
}

uint64_t worker_key(const run *r)
{
    static const char *const tables[] = {"points.tsv", "choices.tsv", "rubric.tsv", "noise.h"};
    char path[2048];
    uint64_t key = submission_hash_bytes(0, r->o->salt, strlen(r->o->salt));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", r->o->homework, tables[i]);
        hash_file(&key, path);
    }
    snprintf(path, sizeof path, "%s/%s/%s.h", r->o->homework, r->assignment, r->assignment);
    hash_file(&key, path);
    snprintf(path, sizeof path, "%s/%s/answers.txt", r->o->solutions, r->assignment);
    hash_file(&key, path);
    hash_file(&key, "/proc/self/exe");
    hash_file(&key, r->w.server);
    hash_file(&key, r->w.deriver);
    hash_compiler(&key, r->o->compiler);
    key = submission_hash_bytes(key, r->w.where.words, strlen(r->w.where.words));
    return submission_hash_bytes(key, &r->o->seed, sizeof r->o->seed);
}

static bool put(const char *folder, const char *name, const text *bytes)
{
    char path[3000];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return text_write_file(path, text_of(bytes), bytes->size);
}

/* result.json is written last: it says that the student is done. */
static bool write_result(const grading *g, const workshop *w, const char *folder, const char *key)
{
    text student = {0}, review = {0}, gradescope = {0}, store = {0};
    report_student(&student, g, w, NULL);
    report_review(&review, g, w);
    report_gradescope(&gradescope, g, w);
    report_store(&store, g, w, key);
    const bool ok = put(folder, "report.txt", &student) && put(folder, "review.txt", &review) &&
                    put(folder, "results.json", &gradescope) && put(folder, "result.json", &store);
    text_free(&student);
    text_free(&review);
    text_free(&gradescope);
    text_free(&store);
    return ok;
}

static bool holds(const text *stored, const char *word)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", word);
    return strstr(text_of(stored), quoted) != NULL;
}

static void hexadecimal(char to[32], uint64_t hash)
{
    snprintf(to, 32, "%016llx", (unsigned long long)hash);
}

int worker_grade(run *r, const candidate *c, unsigned slot)
{
    char folder[2200], stored_result[2300], key[32], contents[32];
    text stored = {0};
    submission s;
    grading g;
    r->w.slot = slot;
    if (r->w.where.root) r->w.where.uid += slot;
    snprintf(folder, sizeof folder, "%s/students/%s", r->out, c->id);
    submission_read(&s, c->path, r->assignment, known_assignments);
    const uint64_t hash = submission_hash(&s);
    const char *name = candidate_name(c);
    hexadecimal(contents, hash);
    hexadecimal(key, submission_hash_bytes(submission_hash_bytes(r->key, &hash, sizeof hash), name,
                                           strlen(name)));
    snprintf(stored_result, sizeof stored_result, "%s/result.json", folder);
    text_read_file(&stored, stored_result, 4u << 20);
    const bool done = !r->o->only && holds(&stored, key);
    const bool again = holds(&stored, "contents") && !holds(&stored, contents);
    text_free(&stored);
    if (done) {
        submission_free(&s);
        return WORKER_KEPT;
    }
    const unsigned long seed =
        r->o->has_seed ? r->o->seed : grade_seed(c->id, r->assignment, r->o->salt);
    bool ok = text_make_directory(folder);
    const bool graded = grade_submission(&g, &r->w, &s, c->id, seed, NULL, NULL);
    snprintf(g.submission, sizeof g.submission, "%s", name);
    snprintf(g.contents, sizeof g.contents, "%s", contents);
    ok = write_result(&g, &r->w, folder, key) && ok;
    const tally all = grading_tally(&g, NULL);
    printf("%-24s %5.4g of %.4g machine points  %.1f s%s%s\n", c->id, all.earned, all.machine,
           g.seconds,
           !graded      ? "  (the grader failed)"
           : g.no_code  ? "  (no code)"
           : g.compiled ? ""
                        : "  (not compiled)",
           again ? "  (handed in anew: marks stay, look at them)" : "");
    fflush(stdout);
    grading_free(&g);
    submission_free(&s);
    return !ok ? 1 : graded ? 0 : WORKER_FAULT;
}

void worker_write_failure(const run *r, const candidate *c)
{
    char folder[2200];
    text store = {0};
    snprintf(folder, sizeof folder, "%s/students/%s", r->out, c->id);
    text_make_directory(folder);
    grading g = {.fault = true};
    snprintf(g.student, sizeof g.student, "%s", c->id);
    snprintf(g.assignment, sizeof g.assignment, "%s", r->assignment);
    snprintf(g.submission, sizeof g.submission, "%s", candidate_name(c));
    report_store(&store, &g, &r->w, "");
    put(folder, "result.json", &store);
    text_free(&store);
    printf("%-24s not graded: the grader failed or gave up\n", c->id);
}
