/* lesson.h -- the state of a running lesson; private to src/check. */
#ifndef CHECK_LESSON_H
#define CHECK_LESSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "check/check.h"
#include "check/registry.h"

enum kind { ROAD, CONTROL, PRINTED };

struct lesson {
    int number;
    const char *title;
    const char *program; /* argv[0] */

    /* options */
    uint64_t seed;
    double effort;
    bool random_only, tap, fail_fast, quick;
    const char *json_path, *out_dir, *mnist_dir, *model_path;
    bool model_asked;
    figure_option figure;
    bool figure_asked;

    /* the open claim */
    const registry_row *row;
    size_t kinds[3]; /* checks of each kind so far */
    size_t claim_failed, claim_skipped;
    double worst_road, weakest_control; /* ratios to the tolerance; -1 when there is none */
    char evidence[201];
    cJSON *json_checks;

    /* the whole lesson */
    size_t passed, failed, skipped, random_checks, tap_lines;
    size_t verdicts[6]; /* claims confirmed, by registry verdict T TD TC F E P */
    size_t claims_failed, claims_skipped;
    const registry_row *seen[64];
    size_t n_seen;
    gsl_rng *rng;
    cJSON *json, *json_claims;
    bool colour;
};

/* What a comparison found, ready for the transcript, TAP and JSON. */
typedef struct finding {
    enum kind kind;
    const char *formula, *what;
    const char *shape; /* value, below, all, mean, variance or count */
    bool accepted;     /* the comparison holds */
    bool shaken;       /* and would not hold 8 tolerances away */
    bool counts;       /* false: NaN or unusable, neither accepted nor properly rejected */
    const char *why;   /* why it does not count, or NULL */
    double value, reference, tolerance, ratio;
    unsigned long value_hash, reference_hash;
    bool random;
    size_t n, at;     /* comparisons in a gap, place of the worst */
    char measure[96]; /* "0.12 of the tolerance" */
} finding;

/* Record one finding: decide pass or fail, print it, count it. */
void report_finding(lesson *L, const finding *f);

/* Heading, claim lines, summary. */
void report_open(lesson *L);
void report_claim_open(lesson *L);
void report_claim_close(lesson *L);
void report_summary(lesson *L);
extern const char *const report_kinds[]; /* by enum kind */

/* json.c: what --json FILE collects and writes. */
void json_add_finding(const lesson *L, const finding *f, bool pass);
void json_add_claim(lesson *L);
void report_write_json(lesson *L);

/* Fill L from the command line; prints and exits as lesson_open says. */
void options_read(lesson *L, int argc, char **argv);

unsigned long check_hash(unsigned long hash, double value);

#endif
