/* model.c -- what the words mean. */
#include "ddpm/model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/check.h"
#include "ddpm/schedule_words.h"

static _Noreturn void no_memory(void)
{
    check_refuse("ddpm: out of memory");
}

static void *allocate(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (!block) no_memory();
    return block;
}

/* ---- Data -------------------------------------------------------------------------------------- */

/* The file of gmm:FILE and points:FILE, or NULL. */
static const char *data_file_name(const char *data)
{
    if (strncmp(data, "gmm:", 4) == 0) return data + 4;
    return strncmp(data, "points:", 7) == 0 ? data + 7 : NULL;
}

static void read_data(model *m, const words *w)
{
    char error[512];
    struct stat st;
    const char *data = w->text[WORD_DATA], *path = data_file_name(data);
    if (path && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        check_refuse("--data %s: expected a regular file (a resume reads it again)", data);
    if (path && !digest_file(m->data_hash, path))
        check_refuse("--data %s: %s", data, strerror(errno));
    m->d = toy_alloc(data, error, sizeof error);
    if (!m->d) check_refuse("%s", error);
}

/* Units in which the data have mean 0 and a mean variance of 1; built-in data have them nearly. */
static void choose_units(model *m, const words *w)
{
    m->D = m->d->D;
    m->shift = allocate(m->D, sizeof *m->shift);
    m->scale = 1.0;
    if (!data_file_name(w->text[WORD_DATA])) return;
    double *sd = allocate(m->D, sizeof *sd), sum = 0.0;
    toy_moments(m->d, m->shift, sd);
    for (size_t i = 0; i < m->D; i++) sum += sd[i] * sd[i];
    m->scale = sqrt(sum / (double)m->D);
    free(sd);
    if (!(m->scale > 0.0))
        check_refuse("--data %s: all points agree; there is nothing to learn", w->text[WORD_DATA]);
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

static void make_task_and_network(model *m, const words *w)
{
    char error[512];
    m->units = (adapt_toy){.d = m->d, .shift = m->shift, .scale = m->scale};
    m->k = task_alloc(m->s, w->text[WORD_PREDICT], w->text[WORD_LOSS], w->text[WORD_SIGMA], error,
                      sizeof error);
    if (!m->k) check_refuse("%s", error);
    mlp_spec net = mlp_default(m->D, m->s->T);
    net.out = task_outputs(m->k, m->D);
    net.width = (size_t)words_whole(w, WORD_WIDTH);
    net.depth = (size_t)words_whole(w, WORD_DEPTH);
    net.embed = (size_t)words_whole(w, WORD_EMBED);
    net.embedding = embedding_of(w->text[WORD_EMBEDDING]);
    net.activation = w->text[WORD_ACTIVATION][0] == 's' ? ACT_SILU : ACT_TANH;
    m->net = mlp_alloc(&net, error, sizeof error);
    if (!m->net) check_refuse("%s", error);
}

/* ---- The two roads to a model ------------------------------------------------------------------ */

model *model_from_words(words *w)
{
    model *m = allocate(1, sizeof *m);
    read_data(m, w);
    choose_units(m, w);
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

static void read_same_data(model *m, const words *w, const checkpoint *c, const char *path)
{
    const char *hash = checkpoint_get(c, "data-sha256");
    read_data(m, w);
    if (m->d->D != m->D || strcmp(m->data_hash, hash ? hash : "") != 0)
        check_refuse("--data %s: these are not the data that %s was trained on (SHA-256 differs)",
                     w->text[WORD_DATA], path);
}

model *model_from_checkpoint(const words *w, const checkpoint *c, const char *path, bool with_data)
{
    model *m = allocate(1, sizeof *m);
    const char *kind = checkpoint_get(c, "model");
    if (!kind || strcmp(kind, "mlp") != 0) refuse_file(path, "its model is no mlp");
    for (int i = 0; i < WORDS; i++)
        if (!w->text[i] && i != WORD_BETA_MIN && i != WORD_BETA_MAX)
            check_refuse("%s: its metadata have no %s", path, words_name((word)i));
    find_units_and_schedule(m, c, path);
    if (with_data) read_same_data(m, w, c, path);
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
    free(m->shift);
    free(m);
}

bool model_store(const model *m, const words *w, checkpoint *c, char *error, size_t error_size)
{
    char D[32];
    snprintf(D, sizeof D, "%zu", m->D);
    const bool set = checkpoint_set(c, "model", "mlp") && words_store(w, c) &&
                     checkpoint_set(c, "D", D) &&
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

void model_print(const model *m, const words *w, FILE *f)
{
    fprintf(f,
            "%s (D = %zu), %s, schedule %s with T = %zu; mlp of %s x %s, %s, %s embedding: %zu "
            "parameters\n",
            w->text[WORD_DATA], m->D, m->k->words, w->text[WORD_SCHEDULE], m->s->T,
            w->text[WORD_DEPTH], w->text[WORD_WIDTH], w->text[WORD_ACTIVATION],
            w->text[WORD_EMBEDDING], m->net->parameters);
}
