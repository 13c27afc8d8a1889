/* eval_images.c -- `ddpm eval` of an image model. */
#include "ddpm/eval_images.h"

#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/image_bits.h"

/* Network calls of the bound: about half a minute at 3500 images per second, and ten times that. */
enum { CALLS = 64000, FULL = 10 };

static images *read_test(const eval_images_request *r, const loaded *l)
{
    char error[512];
    images *test =
        images_read(l->words.text[WORD_DATA], IMAGES_TEST, r->mnist, error, sizeof error);
    if (!test) check_refuse("--model %s: its test images: %s", r->model, error);
    if (test->rows * test->columns != l->m->D)
        check_refuse("--model %s: %s has images of %zu x %zu pixels, the model %zu pixels",
                     r->model, test->name, test->rows, test->columns, l->m->D);
    return test;
}

static void write_curve(const image_bits *b, output *curve)
{
    if (!curve) return;
    image_bits_curve(b, curve->stream);
    output_close(curve);
}

static cJSON *start_json(const eval_images_request *r, const loaded *l)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "model", r->model);
    cJSON *metadata = cJSON_Duplicate(l->c->header->metadata, true);
    if (!cJSON_AddItemToObject(root, "metadata", metadata)) cJSON_Delete(metadata);
    cJSON_AddNumberToObject(root, "seed", (double)r->seed);
    return root;
}

static void write_json(cJSON *root, output *json)
{
    char *text = json ? cJSON_Print(root) : NULL;
    cJSON_Delete(root);
    if (!json) return;
    if (!text) check_refuse("--json %s: out of memory", json->path);
    fprintf(json->stream, "%s\n", text);
    cJSON_free(text);
    output_close(json);
}

int eval_images(const eval_images_request *r, loaded *l)
{
    images *test = read_test(r, l);
    output *json = r->json ? output_open("--json", r->json) : NULL; /* now, not after the work */
    output *curve = r->curve ? output_open("--curve", r->curve) : NULL;
    const size_t calls = r->calls ? r->calls : r->full ? FULL * CALLS : CALLS;
    if (calls < 4 * l->m->s->T)
        check_refuse("--calls %zu: expected at least %zu, four for each of the T = %zu steps",
                     calls, 4 * l->m->s->T, l->m->s->T);
    image_bits b = {.train = l->m->i, .test = test, .calls = calls, .seed = r->seed};
    model_print(l->m, &l->words, stdout);
    image_bits_measure(&b, l->w);
    image_bits_print(&b);
    if (r->mistakes) image_bits_print_mistakes(&b, l->w->pool);
    write_curve(&b, curve);
    cJSON *root = start_json(r, l);
    image_bits_json(root, &b);
    write_json(root, json);
    const int status = b.worse_than_uniform ? 1 : 0;
    image_bits_free(&b);
    images_free(test);
    return status;
}
