/* check.h -- the verification engine: the language in which lessons are written.
 *
 * A lesson states a *claim* (a row of docs/claims.tsv) and reaches it by *roads*: the value of a
 * formula under test is compared with a reference that was found another way.  A claim that can
 * fail also carries a *control*: a plausible mistake, pushed through the same comparison, that must
 * be REJECTED.  A statement that is false as printed is pushed through as *printed* and must be
 * rejected too; its roads then verify the correction.
 *
 *     claim(L, "POS-03");
 *     road(L, "posterior_var", "harmonic sum of the two variances", value, reference, tolerance);
 *     control(L, "ratio of the variances inverted", wrong, reference, tolerance);
 *
 * The engine adds what makes a PASS mean something:
 *   - every accepted value is moved by 8 tolerances, both ways, and must then be rejected (this
 *     catches an infinite, NaN or absurdly small tolerance);
 *   - comparisons are written so that NaN fails; a control that yields NaN does not count;
 *   - random comparisons follow one rule: two-sided p-value below CHECK_ALPHA rejects, so that a
 *     whole run of all lessons raises a false alarm with probability below 1e-6, for any seed;
 *   - a claim of this lesson that was not reported, or one of another lesson that was, fails;
 *   - a claim without a road, a control or (when false as printed) a printed line fails, unless
 *     the registry gives the reason ("none: ..." in the control column).
 *
 * `formula` names the function of src/theory that produced the value, or is NULL when the value
 * does not come from src/theory.  tests/test_independence.sh poisons that function and
 * demands that the value moves and the reference does not: that is the proof of independence.
 *
 * Names carry no prefix here, on purpose: these words are the prose of 25 lessons.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "check/moments.h"

#if defined(__GNUC__)
#define CHECK_PRINTF(format_index, first_index)                                                    \
    __attribute__((format(printf, format_index, first_index)))
#else
#define CHECK_PRINTF(format_index, first_index)
#endif

/* One lesson makes at most this many random comparisons ... */
enum { CHECK_RANDOM_PER_LESSON = 40, CHECK_LESSONS = 25 };
/* ... and each rejects at this p-value: 25 * 40 * 1e-9 = 1e-6 for the whole suite. */
#define CHECK_ALPHA 1e-9
/* The same in standard errors of a two-sided z test: Q^-1(CHECK_ALPHA / 2). */
#define CHECK_Z 6.109410204869

typedef struct lesson lesson;

/* ---- A lesson ------------------------------------------------------------------------------ */

/* Read the command line, print the heading, start counting.
 * Args     number  1..25; title  one line.
 * Returns  the lesson; never NULL.  --help and --list print and exit 0; an unknown flag or an
 *          unusable value prints one line and exits 2 (this and a failed write are the only exits
 *          of src/). */
lesson *lesson_open(int argc, char **argv, int number, const char *title);

/* Close the last claim, print the summary and `N passed, N failed`, write --json, free everything.
 * Returns  the exit status: 0 when all passed, 1 otherwise (also when nothing was checked). */
int lesson_close(lesson *L);

/* Heading of a section, e.g. section(L, "4.1  Completing the square"). */
void section(lesson *L, const char *format, ...) CHECK_PRINTF(2, 3);

/* A line of explanation or a number for the reader. */
void say(lesson *L, const char *format, ...) CHECK_PRINTF(2, 3);

/* Begin a claim; what follows belongs to it.  Each claim is opened once. */
void claim(lesson *L, const char *id);

/* What came out of an experiment, such as training a network: reported, never judged.  One line of at
 * most 84 characters each.  Golden transcripts ignore what it says. */
void measured(lesson *L, const char *format, ...) CHECK_PRINTF(2, 3);

/* The key number(s) of this claim for docs/claims.md, at most 200 characters. */
void evidence(lesson *L, const char *format, ...) CHECK_PRINTF(2, 3);

/* Say that a part could not be run and why (no MNIST files, ...): counted as skipped, not passed. */
void not_run(lesson *L, const char *what, const char *why);

/* True under --random-only: skip what does not use the generator. */
bool lesson_random_only(const lesson *L);

/* n scaled by --effort, at least 1e4 (the least a z test takes). */
size_t lesson_samples(const lesson *L, size_t n);

/* Steps of training: n scaled by --effort, a fiftieth of that under --quick, at least 1. */
size_t lesson_steps(const lesson *L, size_t n);

/* --seed, for generators other than gsl's. */
uint64_t lesson_seed(const lesson *L);

/* The generator of this claim: the stream depends on --seed and the claim's id only, so that a new
 * check somewhere else changes nothing here. */
gsl_rng *lesson_rng(lesson *L);

/* The options of the figure: --schedule WORD --T N --beta-min X --beta-max X; 0 or NULL when not
 * given.  A lesson whose figure does not depend on a schedule never asks, and then refuses them. */
typedef struct figure_option {
    const char *schedule;
    size_t T;
    double beta_min, beta_max;
} figure_option;
const figure_option *lesson_figure(lesson *L);

/* One line to stderr and exit 2: bad usage or a file that cannot be written. */
_Noreturn void check_refuse(const char *format, ...) CHECK_PRINTF(1, 2);

/* Directory of the genuine MNIST files (--mnist), or NULL to let the data reader look. "none" = no. */
const char *lesson_mnist(const lesson *L);

/* The checkpoint of a trained network (--model), or NULL for the one that comes with the lesson.  A
 * lesson without a trained network never asks, and then refuses the option. */
const char *lesson_model(lesson *L);

/* ---- Exact comparisons --------------------------------------------------------------------- *
 * Accepted when |value - reference| <= tolerance.  tolerance 0 demands equality. */

void road(lesson *L, const char *formula, const char *what, double value, double reference,
          double tolerance);
void control(lesson *L, const char *what, double wrong, double reference, double tolerance);
void printed(lesson *L, const char *what, double as_printed, double reference, double tolerance);

/* Many comparisons reported as one line.  Start from `gap g = {0};`.  The gap is accepted when every
 * pair is; it remembers the pair with the largest |value - reference| / tolerance. */
typedef struct gap {
    size_t n;
    size_t at;    /* the caller's index of the worst pair */
    double ratio; /* |value - reference| / tolerance there; NaN sticks */
    double value, reference, tolerance;
    unsigned long value_hash, reference_hash; /* of all pairs: tests/independence.c compares them */
    bool unshaken; /* a pair was still accepted after a move of 8 tolerances */
} gap;

/* Args  at  what to print as the place of the worst pair, usually t. */
void gap_add(gap *g, size_t at, double value, double reference, double tolerance);

void road_gap(lesson *L, const char *formula, const char *what, const gap *g);
void control_gap(lesson *L, const char *what, const gap *g);
void printed_gap(lesson *L, const char *what, const gap *g);

/* Accepted when smaller + margin <= larger (margin >= 0); exchanging the two must be rejected. */
void road_below(lesson *L, const char *formula, const char *what, double smaller, double larger,
                double margin);
void control_below(lesson *L, const char *what, double smaller, double larger, double margin);
void printed_below(lesson *L, const char *what, double smaller, double larger, double margin);

/* A fact found by an exhaustive loop, with the number of cases that violate it: accepted when
 * violations == 0 among cases > 0. */
void road_all(lesson *L, const char *formula, const char *what, size_t violations, size_t cases);
void control_all(lesson *L, const char *what, size_t violations, size_t cases);
void printed_all(lesson *L, const char *what, size_t violations, size_t cases);

/* ---- Random comparisons -------------------------------------------------------------------- *
 * A control or printed line declares its size: how many standard errors the mistake is worth at
 * effort 1.  The size must exceed CHECK_Z + 6, and what is seen must fit the declared size. */

/* z test of the sample mean; needs n >= 1e4 and a skewness so small that the normal tail is right
 * to a factor of 2 at CHECK_ALPHA. */
void road_mean(lesson *L, const char *formula, const char *what, const moments *m, double expected);
void control_mean(lesson *L, const char *what, const moments *m, double wrong, double size);
void printed_mean(lesson *L, const char *what, const moments *m, double as_printed, double size);

/* Exact chi^2 test of the variance of a NORMAL sample. */
void road_variance(lesson *L, const char *formula, const char *what, const moments *m,
                   double expected);
void control_variance(lesson *L, const char *what, const moments *m, double wrong, double size);
void printed_variance(lesson *L, const char *what, const moments *m, double as_printed,
                      double size);

/* Exact binomial test: k successes of n with probability p. */
void road_count(lesson *L, const char *formula, const char *what, size_t k, size_t n, double p);
void control_count(lesson *L, const char *what, size_t k, size_t n, double wrong_p, double size);
void printed_count(lesson *L, const char *what, size_t k, size_t n, double printed_p, double size);

/* ---- Data for figures ---------------------------------------------------------------------- */

typedef struct data_file data_file;

/* Open OUT/lessonNN_name.tsv for writing, with the header line "# columns".
 * Args     columns  names separated by blanks.
 * Returns  NULL without --out (data_line and data_close then do nothing).  A file that cannot be
 *          written ends the program with one line and exit 2; nothing half-written is left. */
data_file *data_open(lesson *L, const char *name, const char *columns);
/* One line of numbers; blanks between the formats become tabs, e.g. "%zu %.9g %.9g". */
void data_line(data_file *f, const char *format, ...) CHECK_PRINTF(2, 3);
/* An empty line: separates gnuplot's data blocks. */
void data_gap(data_file *f);
void data_close(data_file *f);

#endif
