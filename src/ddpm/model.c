/* model.c -- what the words mean. */
#include "ddpm/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "ddpm/model_data.h"
#include "ddpm/schedule_words.h"
#include "net/mlp.h"
#include "net/unet.h"

static void *allocate(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (!block) check_refuse("ddpm: out of memory");
    return block;
}

/* ---- Schedule ---------------------------------------------------------------------------------- */

static double number_or_0(const words *w, word which)
{
    return w->text[which] ? words_number(w, which) : 0.0;
}

/* The words say afterwards which T and betas were taken. */
static void choose_schedule(model *m, words *w)
{
    const char *shape = w->text[WORD_SCHEDULE];
    if (strcmp(shape, "cosine") == 0 && (w->text[WORD_BETA_MIN] || w->text[WORD_BETA_MAX]))
        check_refuse("--schedule cosine: --beta-min and --beta-max do not apply");
    m->s = schedule_words_alloc(shape, (size_t)number_or_0(w, WORD_T),
                                number_or_0(w, WORD_BETA_MIN), number_or_0(w, WORD_BETA_MAX));
    const double T = (double)m->s->T;
    words_set_number(w, WORD_T, T);
    if (schedule_words_complete(shape) || strcmp(shape, "cosine") == 0) return;
    if (!w->text[WORD_BETA_MIN]) words_set_number(w, WORD_BETA_MIN, 0.1 / T);
    if (!w->text[WORD_BETA_MAX]) words_set_number(w, WORD_BETA_MAX, 20.0 / T);
}

/* ---- Task and network -------------------------------------------------------------------------- */

static embed_kind embedding_of(const char *text)
{
    return text[0] == 's' ? EMBED_SINUSOIDAL : text[0] == 'f' ? EMBED_FOURIER : EMBED_LEARNED;
}

static network *mlp_of(const model *m, const words *w, char *error, size_t error_size)
{
    mlp_spec net = mlp_default(m->D, m->s->T);
    net.out = task_outputs(m->k, m->D);
    net.width = (size_t)words_whole(w, WORD_WIDTH);
    net.depth = (size_t)words_whole(w, WORD_DEPTH);
    net.embed = (size_t)words_whole(w, WORD_EMBED);
    net.embedding = embedding_of(w->text[WORD_EMBEDDING]);
    net.activation = w->text[WORD_ACTIVATION][0] == 's' ? ACT_SILU : ACT_TANH;
    return mlp_alloc(&net, error, error_size);
}

/* "1,2,4" -> 3 levels. */
static void read_mult(unet_spec *net, const char *list)
{
    net->levels = 0;
    for (const char *at = list;; at++) {
        char *end;
        const unsigned long n = strtoul(at, &end, 10);
        const bool good = '1' <= *at && *at <= '9' && n <= 64 && (*end == ',' || *end == '\0');
        if (!good || net->levels == UNET_MAX_LEVELS)
            check_refuse("--mult %s: expected 1 to %d whole numbers from 1 to 64 joined by commas",
                         list, UNET_MAX_LEVELS);
        net->mult[net->levels++] = n;
        if (*end == '\0') return;
        at = end;
    }
}

static network *unet_of(const model *m, const words *w, char *error, size_t error_size)
{
    unet_spec net = unet_default((size_t)words_whole(w, WORD_WIDTH), m->s->T);
    net.rows = m->rows;
    net.columns = m->columns;
    net.out = task_outputs(m->k, m->D) / m->D;
    net.blocks = (size_t)words_whole(w, WORD_BLOCKS);
    net.attention = w->text[WORD_ATTENTION][0] == 'y';
    net.embed = (size_t)words_whole(w, WORD_EMBED);
    net.embedding = embedding_of(w->text[WORD_EMBEDDING]);
    read_mult(&net, w->text[WORD_MULT]);
    return unet_alloc(&net, error, error_size);
}

static void make_task_and_network(model *m, const words *w)
{
    char error[512];
    m->units = (adapt_toy){.d = m->d, .shift = m->shift, .scale = m->scale};
    m->k = task_alloc(m->s, w->text[WORD_PREDICT], w->text[WORD_LOSS], w->text[WORD_SIGMA], error,
                      sizeof error);
    if (!m->k) check_refuse("%s", error);
    m->net = m->rows ? unet_of(m, w, error, sizeof error) : mlp_of(m, w, error, sizeof error);
    if (!m->net) check_refuse("%s", error);
}

/* ---- The two roads to a model ------------------------------------------------------------------ */

model *model_from_words(words *w, const char *mnist)
{
    model *m = allocate(1, sizeof *m);
    model_read_data(m, w, mnist);
    model_choose_units(m, w);
    choose_schedule(m, w);
    make_task_and_network(m, w);
    return m;
}

static _Noreturn void refuse_file(const char *path, const char *reason)
{
    check_refuse("%s: %s", path, reason);
}

/* A whole number of the metadata. */
static size_t stored_size(const checkpoint *c, const char *key, const char *path)
{
    const char *text = checkpoint_get(c, key);
    char *end;
    const unsigned long n = text ? strtoul(text, &end, 10) : 0;
    if (n < 1 || n > 1000000000 || *end) check_refuse("%s: its metadata have no %s", path, key);
    return n;
}

static void find_units_and_schedule(model *m, const checkpoint *c, const char *path)
{
    char error[CHECKPOINT_ERROR];
    const size_t T = stored_size(c, "T", path);
    m->D = stored_size(c, "D", path);
    /* The tensors bound the sizes, so nothing absurd is allocated. */
    const safetensors_tensor *beta = safetensors_find(c->header, "schedule.beta");
    const safetensors_tensor *shift = safetensors_find(c->header, "data.shift");
    if (!beta || beta->bytes < T || !shift || shift->bytes < m->D)
        refuse_file(path, "it has no units or schedule of that size");
    double *betas = allocate(T, sizeof *betas);
    m->shift = allocate(m->D, sizeof *m->shift);
    if (!checkpoint_find(c, "schedule.beta", SAFETENSORS_F64, 1, &T, betas, error, sizeof error) ||
        !checkpoint_find(c, "data.shift", SAFETENSORS_F64, 1, &m->D, m->shift, error,
                         sizeof error) ||
        !checkpoint_find(c, "data.scale", SAFETENSORS_F64, 0, NULL, &m->scale, error, sizeof error))
        refuse_file(path, error);
    m->s = schedule_from_beta_alloc(betas, T);
    free(betas);
    if (!m->s) refuse_file(path, "its betas are no schedule");
}

static void find_kind(model *m, const words *w, const checkpoint *c, const char *path)
{
    const char *kind = checkpoint_get(c, "model");
    const bool unet = kind && strcmp(kind, "unet") == 0;
    if (!kind || (!unet && strcmp(kind, "mlp") != 0))
        refuse_file(path, "its model is neither mlp nor unet");
    for (int i = 0; i < WORDS; i++)
        if (!w->text[i] && words_apply(w, (word)i) && i != WORD_BETA_MIN && i != WORD_BETA_MAX)
            check_refuse("%s: its metadata have no %s", path, words_name((word)i));
    if (unet != words_images(w)) refuse_file(path, "its model does not go with its data");
    if (!unet) return;
    m->rows = stored_size(c, "rows", path);
    m->columns = stored_size(c, "columns", path);
}

model *model_from_checkpoint(const words *w, const checkpoint *c, const char *path, bool with_data,
                             const char *mnist)
{
    model *m = allocate(1, sizeof *m);
    find_kind(m, w, c, path);
    find_units_and_schedule(m, c, path);
    if (m->rows && (m->D % m->rows != 0 || m->D / m->rows != m->columns))
        refuse_file(path, "D is not rows times columns");
    const char *hash = checkpoint_get(c, "data-sha256");
    if (hash && strlen(hash) < sizeof m->data_hash) strcpy(m->data_hash, hash);
    if (with_data) model_read_same_data(m, w, path, mnist);
    make_task_and_network(m, w);
    return m;
}

void model_free(model *m)
{
    if (!m) return;
    network_free(m->net);
    task_free(m->k);
    schedule_free(m->s);
    toy_free(m->d);
    images_free(m->i);
    free(m->shift);
    free(m);
}

static bool set_size(checkpoint *c, const char *key, size_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", n);
    return n == 0 || checkpoint_set(c, key, text);
}

bool model_store(const model *m, const words *w, checkpoint *c, char *error, size_t error_size)
{
    const bool set = checkpoint_set(c, "model", m->rows ? "unet" : "mlp") && words_store(w, c) &&
                     set_size(c, "D", m->D) && set_size(c, "rows", m->rows) &&
                     set_size(c, "columns", m->columns) &&
                     (!*m->data_hash || checkpoint_set(c, "data-sha256", m->data_hash));
    if (!set) return safetensors_fail(error, error_size, "out of memory");
    return checkpoint_add(c, "schedule.beta", SAFETENSORS_F64, 1, &m->s->T, m->s->beta + 1, error,
                          error_size) &&
           checkpoint_add(c, "data.shift", SAFETENSORS_F64, 1, &m->D, m->shift, error,
                          error_size) &&
           checkpoint_add(c, "data.scale", SAFETENSORS_F64, 0, NULL, &m->scale, error, error_size);
}

trainer_config model_config(const words *w, size_t threads)
{
    return (trainer_config){.batch = (size_t)words_whole(w, WORD_BATCH),
                            .steps = words_whole(w, WORD_STEPS),
                            .rate = words_number(w, WORD_LR),
                            .warm_up = words_whole(w, WORD_WARM_UP),
                            .decay = words_number(w, WORD_DECAY),
                            .ema = words_number(w, WORD_EMA),
                            .clip = words_number(w, WORD_CLIP),
                            .seed = words_whole(w, WORD_SEED),
                            .stratified = w->text[WORD_STRATIFIED][0] == 'y',
                            .threads = threads};
}

adapt_data model_data(const model *m)
{
    return m->i ? adapt_images_data(m->i) : adapt_toy_data(&m->units);
}

void model_print(const model *m, const words *w, FILE *f)
{
    fprintf(f, "%s (D = %zu), %s, schedule %s with T = %zu; ",
            m->i ? m->i->name : w->text[WORD_DATA], m->D, m->k->words, w->text[WORD_SCHEDULE],
            m->s->T);
    if (m->rows)
        fprintf(f, "unet of width %s x %s, blocks %s, attention %s", w->text[WORD_WIDTH],
                w->text[WORD_MULT], w->text[WORD_BLOCKS], w->text[WORD_ATTENTION]);
    else
        fprintf(f, "mlp of %s x %s, %s", w->text[WORD_DEPTH], w->text[WORD_WIDTH],
                w->text[WORD_ACTIVATION]);
    fprintf(f, ", %s embedding: %zu parameters\n", w->text[WORD_EMBEDDING], m->net->parameters);
}
