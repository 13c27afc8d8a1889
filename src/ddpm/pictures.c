/* pictures.c -- images of a sampler on paper. */
#include "ddpm/pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>
#include <png.h>

#include "check/check.h"
#include "check/output.h"

enum { GAP = 2, LIKED_WIDTH = 600, GREYS = 32 };

static void *allocate(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (!block) check_refuse("ddpm: no memory for a picture");
    return block;
}

/* ---- Sheets ------------------------------------------------------------------------------------ */

sheet *sheet_alloc(size_t across, size_t down, size_t rows, size_t columns)
{
    sheet *s = allocate(1, sizeof *s);
    const size_t natural = across * (columns + GAP) + GAP;
    const size_t liked = (LIKED_WIDTH + natural / 2) / natural, zoom = liked > 0 ? liked : 1;
    *s = (sheet){.across = across,
                 .down = down,
                 .rows = rows,
                 .columns = columns,
                 .zoom = zoom,
                 .width = natural * zoom,
                 .height = (down * (rows + GAP) + GAP) * zoom};
    s->pixel = allocate(s->height, s->width);
    memset(s->pixel, 255, s->height * s->width);
    return s;
}

void sheet_free(sheet *s)
{
    if (s) free(s->pixel);
    free(s);
}

static unsigned char grey(double x)
{
    const double ink = x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x;
    return (unsigned char)(127.5 * (1.0 - ink) + 0.5);
}

void sheet_draw(sheet *s, size_t place, const double *x)
{
    const size_t top = place / s->across * (s->rows + GAP) + GAP;
    const size_t left = place % s->across * (s->columns + GAP) + GAP;
    for (size_t i = 0; i < s->rows * s->zoom; i++) {
        unsigned char *row = s->pixel + (top * s->zoom + i) * s->width + left * s->zoom;
        for (size_t j = 0; j < s->columns * s->zoom; j++)
            row[j] = grey(x[i / s->zoom * s->columns + j / s->zoom]);
    }
}

void sheet_write(const sheet *s, const char *option, const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)s->width,
                       .height = (png_uint_32)s->height,
                       .format = PNG_FORMAT_GRAY};
    output *o = output_open(option, path);
    if (!png_image_write_to_stdio(&image, o->stream, 0, s->pixel, 0, NULL))
        check_refuse("%s %s: %s", option, path, image.message);
    output_close(o);
}

/* ---- Films ------------------------------------------------------------------------------------- */

struct film {
    output *o;
    GifFileType *gif;
    const char *option, *path;
    GifByteType *line;
};

static int write_bytes(GifFileType *gif, const GifByteType *bytes, int n)
{
    const film *f = gif->UserData;
    return (int)fwrite(bytes, 1, (size_t)n, f->o->stream);
}

static void must(const film *f, int status)
{
    if (status == GIF_OK) return;
    check_refuse("%s %s: %s", f->option, f->path, errno ? strerror(errno) : "cannot write the GIF");
}

film *film_open(const char *option, const char *path, const sheet *first)
{
    int error = 0;
    film *f = allocate(1, sizeof *f);
    f->option = option;
    f->path = path;
    f->line = allocate(first->width, 1);
    f->o = output_open(option, path);
    errno = 0;
    f->gif = EGifOpen(f, write_bytes, &error);
    ColorMapObject *greys = GifMakeMapObject(GREYS, NULL);
    if (!f->gif || !greys) check_refuse("ddpm: no memory for a picture");
    for (int i = 0; i < GREYS; i++) {
        const GifByteType level = (GifByteType)(i * 255 / (GREYS - 1));
        greys->Colors[i] = (GifColorType){level, level, level};
    }
    EGifSetGifVersion(f->gif, true);
    must(f, EGifPutScreenDesc(f->gif, (int)first->width, (int)first->height, GREYS, 0, greys));
    GifFreeMapObject(greys);
    static const unsigned char for_ever[3] = {1, 0, 0}; /* the NETSCAPE extension: 0 repetitions */
    must(f, EGifPutExtensionLeader(f->gif, APPLICATION_EXT_FUNC_CODE));
    must(f, EGifPutExtensionBlock(f->gif, 11, "NETSCAPE2.0"));
    must(f, EGifPutExtensionBlock(f->gif, 3, for_ever));
    must(f, EGifPutExtensionTrailer(f->gif));
    return f;
}

void film_add(film *f, const sheet *s, unsigned hundredths)
{
    const GifByteType control[4] = {0, (GifByteType)(hundredths & 255),
                                    (GifByteType)(hundredths >> 8), 0};
    must(f, EGifPutExtension(f->gif, GRAPHICS_EXT_FUNC_CODE, 4, control));
    must(f, EGifPutImageDesc(f->gif, 0, 0, (int)s->width, (int)s->height, false, NULL));
    for (size_t i = 0; i < s->height; i++) {
        for (size_t j = 0; j < s->width; j++)
            f->line[j] = (GifByteType)((s->pixel[i * s->width + j] * (GREYS - 1) + 127) / 255);
        must(f, EGifPutLine(f->gif, f->line, (int)s->width));
    }
}

void film_close(film *f)
{
    int error = 0;
    if (!f) return;
    if (EGifCloseFile(f->gif, &error) != GIF_OK)
        check_refuse("%s %s: cannot write the GIF", f->option, f->path);
    output_close(f->o);
    free(f->line);
    free(f);
}
