/* eval_images.c -- `ddpm eval` of an image model. */
#include "ddpm/eval_images.h"

#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/output.h"
#include "ddpm/image_bits.h"
#include "ddpm/image_quality.h"

/* Network calls of the bound: less than a minute at 2000 images per second; samples: about a minute
 * with a hundred steps each, six with all. */
enum { CALLS = 64000, FULL = 10, SAMPLES = 1000, RESPACE = 100 };

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

/* A chain of at most RESPACE steps is walked as it is. */
static void measure_samples(image_quality *q, const eval_images_request *r, loaded *l,
                            const images *test)
{
    const size_t T = l->m->s->T, few = r->full || T <= RESPACE ? 0 : RESPACE;
    fflush(stdout);
    image_quality_measure(q, l, test, r->n ? r->n : SAMPLES, r->respace ? r->respace : few,
                          r->seed);
    image_quality_print(q, T);
}

int eval_images(const eval_images_request *r, loaded *l)
{
    images *test = read_test(r, l);
    const size_t calls = r->calls ? r->calls : r->full ? FULL * CALLS : CALLS;
    if (calls < 4 * l->m->s->T)
        check_refuse("--calls %zu: expected at least %zu, four for each of the T = %zu steps",
                     calls, 4 * l->m->s->T, l->m->s->T);
    image_quality q;
    image_quality_open(&q, l, r->classifier);
    output *json = r->json ? output_open("--json", r->json) : NULL; /* now, not after the work */
    output *curve = r->curve ? output_open("--curve", r->curve) : NULL;
    image_bits b = {.train = l->m->i, .test = test, .calls = calls, .seed = r->seed};
    model_print(l->m, &l->words, stdout);
    image_bits_measure(&b, l->w);
    image_bits_print(&b);
    if (r->mistakes) image_bits_print_mistakes(&b, l->w->pool);
    write_curve(&b, curve);
    cJSON *root = start_json(r, l);
    image_bits_json(root, &b);
    const int status = b.worse_than_uniform ? 1 : 0;
    image_bits_free(&b);
    if (status == 0) { /* samples of a model that knows nothing say nothing */
        measure_samples(&q, r, l, test);
        image_quality_json(root, &q, l->m->s->T);
    }
    write_json(root, json);
    image_quality_free(&q);
    images_free(test);
    return status;
}
