/* digits_table.h -- how the ten digits are written by hand: pen strokes, as tables of points. */
#ifndef DATA_DIGITS_TABLE_H
#define DATA_DIGITS_TABLE_H

#include <stddef.h>

enum { DIGITS_STROKES = 3, DIGITS_KNOTS = 12 };

/* The pen passes the knots on a smooth curve; where two strokes share an end there is a corner. */
typedef struct digits_stroke {
    unsigned char knots;
    signed char at[DIGITS_KNOTS][2]; /* x to the right, y downwards; a digit is 100 high */
} digits_stroke;

/* One way of writing a digit. */
typedef struct digits_skeleton {
    unsigned char strokes;
    digits_stroke stroke[DIGITS_STROKES];
} digits_skeleton;

/* The ways of writing one digit; all are as probable. */
typedef struct digits_ways {
    size_t ways;
    const digits_skeleton *way; /* [ways] */
} digits_ways;

/* Args  digit  0..9. */
digits_ways digits_ways_of(unsigned digit);

#endif
