/* exercise.h -- what each student function should return, on which inputs, and within which bounds.
 */
#ifndef GRADE_EXERCISE_H
#define GRADE_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_rng.h>

#include "grade/function.h"
#include "theory/misprint.h"
#include "theory/schedule.h"

enum { EXERCISE_MAX_NUMBERS = 256 };

/* How the inputs vary. */
enum exercise_shape {
    SHAPE_POINT,  /* a schedule, t, and numbers */
    SHAPE_END,    /* a schedule and numbers; no t */
    SHAPE_VECTOR, /* a schedule, t, and vectors of length n = D */
    SHAPE_PATH,   /* a schedule and arrays over its steps, n = T */
    SHAPE_BIN,    /* t is the 8-bit value */
    SHAPE_KIND    /* a schedule, t, n is one of three targets */
};

/* How an entry of the misprint table is read as a wrong version of this exercise. */
enum exercise_reading {
    READ_SAME,   /* the same arguments */
    READ_FIRST,  /* its coefficient of the first argument */
    READ_SECOND, /* its coefficient of the second */
    READ_MINUS_SECOND,
    READ_EACH,     /* per coordinate */
    READ_KL,       /* summed over coordinates, the arguments of gaussian_kl */
    READ_KL_EQUAL, /* ... of kl_equal_variance */
    READ_STEP      /* mean per coordinate, plus the noise of the ancestral step */
};

typedef void exercise_formula(const schedule *s, size_t t, size_t n, const double *in, double *out);

typedef struct exercise {
    const char *checker; /* name in points.tsv */
    enum function_id f;
    enum exercise_shape shape;
    size_t scalars, vectors; /* in[]: that many numbers, then that many arrays of n (or T + 1) */
    bool positive;           /* the first number (or two) is a variance */
    size_t outputs;          /* of the function; 0: n; for SHAPE_PATH 1000: T + 1 */
    size_t judged_from, judged_to; /* half open; to = 0: all */
    size_t first_t;
    bool end_counts; /* t = 1 is a case of its own, with a share of the points */
    bool linear;     /* in its two numbers */
    exercise_formula *reference;
    exercise_formula *scale; /* sum of the sizes of the summands where they may cancel, or NULL */
    const char *quantity;    /* in the misprint table, or NULL */
    enum exercise_reading reading;
} exercise;

/* A wrong formula that only makes sense for coursework (sums over paths, vectors). */
typedef struct mistake {
    const char *id;
    enum function_id f;
    const char *hint; /* a question */
    exercise_formula *value;
} mistake;

extern const exercise exercises[];
extern const size_t n_exercises;
extern const mistake mistakes_of_paths[], mistakes[];
extern const size_t n_mistakes_of_paths, n_mistakes;

/* The first mistake of a function after `last` (NULL to start); NULL at the end. */
const mistake *mistake_next(enum function_id f, const mistake *last);

const exercise *exercise_find(const char *checker);

size_t exercise_inputs(const exercise *e, size_t n);
size_t exercise_outputs(const exercise *e, size_t n);

/* Random numbers of the right kind; never 0 or 1, never NaN. */
void exercise_generate(const exercise *e, const gsl_rng *rng, const schedule *s, size_t t, size_t n,
                       double *in);

/* A misprint as a wrong version of the exercise. */
void exercise_misprint(const exercise *e, const misprint *m, const schedule *s, size_t t, size_t n,
                       const double *in, double *out);

/* How far a correct program may be off: (64 + 2 t) roundings (t of them for a program that
 * multiplies its own alpha_bar) times the amplification, which is measured: the reference is
 * evaluated again with each input and each used entry of the schedule moved, 1 - abar absolutely,
 * because it may have been computed by that subtraction.
 * Args  s  is changed and restored; tolerance [outputs]. */
void exercise_tolerance(const exercise *e, schedule *s, size_t t, size_t n, const double *in,
                        double *tolerance);

#endif
