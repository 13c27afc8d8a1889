/* source_place.c -- from bytes to lines and columns without walking through the whole file. */
#include "derive/source.h"

/* Move a place over the bytes from .. to. */
static void walk(const source *s, size_t from, size_t to, source_mark *place)
{
    for (size_t i = from; i < to && i < s->length; i++) {
        const unsigned char c = (unsigned char)s->text[i];
        if (c == '\n') {
            place->line++;
            place->column = 1;
        } else if ((c & 0xc0) != 0x80) {
            place->column++;
        }
    }
}

void source_set_marks(source *s, arena *memory)
{
    source_mark place = {1, 1};
    const size_t n = s->length / SOURCE_STRIDE + 1;
    source_mark *marks = arena_take(memory, n * sizeof *marks);
    for (size_t i = 0; i < n; i++) {
        marks[i] = place;
        walk(s, i * SOURCE_STRIDE, (i + 1) * SOURCE_STRIDE, &place);
    }
    s->marks = marks;
}

void source_place(const source *s, size_t at, size_t *line, size_t *column)
{
    if (at > s->length) at = s->length;
    const size_t from = s->marks ? at / SOURCE_STRIDE * SOURCE_STRIDE : 0;
    source_mark place = s->marks ? s->marks[at / SOURCE_STRIDE] : (source_mark){1, 1};
    walk(s, from, at, &place);
    *line = place.line;
    *column = place.column;
}
