/* pictures.h -- images of a sampler on paper: a sheet of samples, the way from noise to them, a film. */
#ifndef DDPM_PICTURES_H
#define DDPM_PICTURES_H

#include <stddef.h>

/* Small images side by side: x = -1 is paper, x = 1 is ink, what lies beyond is cut off. */
typedef struct sheet {
    size_t across, down;  /* fields */
    size_t rows, columns; /* of pixels in a field */
    size_t zoom;          /* pixels of the sheet per pixel of a field, in each direction */
    size_t width, height; /* of the sheet */
    unsigned char *pixel; /* [height, width], 0 black to 255 white */
} sheet;

/* An empty sheet; the zoom makes it about 600 pixels wide, or leaves it at 1.   Returns  never NULL: short
 * memory ends the program with one line and exit 2, as everywhere here. */
sheet *sheet_alloc(size_t across, size_t down, size_t rows, size_t columns);
void sheet_free(sheet *s); /* NULL is legal */

/* Draw x [rows, columns] into the field `place`, counted along the rows of the sheet. */
void sheet_draw(sheet *s, size_t place, const double *x);

/* Write it as a PNG file, complete or not at all.   Args  option  for messages, e.g. "--out". */
void sheet_write(const sheet *s, const char *option, const char *path);

/* A GIF that repeats for ever; the file appears, complete, with film_close. */
typedef struct film film;
film *film_open(const char *option, const char *path, const sheet *first);
/* Append the sheet as it is now, to be seen for so many hundredths of a second. */
void film_add(film *f, const sheet *s, unsigned hundredths);
void film_close(film *f); /* NULL is legal */

#endif
