/* words.c -- what a training is, as words. */
#include "ddpm/words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "data/images.h"
#include "net/mlp.h"
#include "net/unet.h"

typedef enum kind { TEXT, CHOICE, WHOLE, REAL } kind;
typedef enum network_kind { ANY, MLP, UNET } network_kind;

static const struct {
    const char *name, *value, *help;
    kind is;
    double low, high;     /* of a number, inclusive */
    const char *expected; /* a CHOICE: the words, each between blanks; a number: its range */
    network_kind of;
} rows[WORDS] = {
    [WORD_DATA] =
        {"data", "WORD",
         "ring (default), moons, swissroll, checkerboard, gmm:FILE, points:FILE;\nimages: "
         "mnist, digits (built in), idx:DIR (files named like those of MNIST)",
         TEXT, 0, 0, NULL, ANY},
    [WORD_PREDICT] = {"predict", "WORD",
                      "what the network is compared with: eps (default), x0, mu, v, score; with "
                      "`:skip` after\nit, the network itself speaks v",
                      TEXT, 0, 0, NULL, ANY},
    [WORD_LOSS] = {"loss", "WORD",
                   "simple (default), vlb, snr:POWER, snr:min:G, snr:max:G, hybrid:LAMBDA", TEXT, 0,
                   0, NULL, ANY},
    [WORD_SIGMA] = {"sigma", "WORD",
                    "variance of the reverse kernel: beta (default), beta_tilde, learned", TEXT, 0,
                    0, NULL, ANY},
    [WORD_SCHEDULE] = {"schedule", "WORD",
                       "linear (default), cosine, quadratic, sigmoid, constant, file:PATH, L1000, "
                       "S10, S50,\nBAD50, COS1000, COS50",
                       TEXT, 0, 0, NULL, ANY},
    [WORD_T] = {"T", "N", "steps of the chain (default 1000)", WHOLE, 1, 1e7,
                "a whole number from 1 to 10^7", ANY},
    [WORD_BETA_MIN] = {"beta-min", "X", "(default 0.1/T)", REAL, 1e-300, 1 - 1e-16,
                       "a number strictly between 0 and 1", ANY},
    [WORD_BETA_MAX] = {"beta-max", "X", "(default 20/T)", REAL, 1e-300, 1 - 1e-16,
                       "a number strictly between 0 and 1", ANY},
    [WORD_WIDTH] = {"width", "N", "of each hidden layer; U-Net: channels of the first level", WHOLE,
                    1, 4096, "a whole number from 1 to 4096", ANY},
    [WORD_DEPTH] = {"depth", "N", "hidden layers", WHOLE, 1, MLP_MAX_DEPTH,
                    "a whole number from 1 to 32", MLP},
    [WORD_ACTIVATION] = {"activation", "WORD", "silu (default), tanh", CHOICE, 0, 0, " silu tanh ",
                         MLP},
    [WORD_MULT] = {"mult", "LIST", "U-Net: level l has width * mult[l] channels (default 1,2,4)",
                   TEXT, 0, 0, NULL, UNET},
    [WORD_BLOCKS] = {"blocks", "N", "U-Net: residual blocks per level and direction", WHOLE, 1,
                     UNET_MAX_BLOCKS, "a whole number from 1 to 8", UNET},
    [WORD_ATTENTION] = {"attention", "WORD", "U-Net: at the lowest level: yes (default), no",
                        CHOICE, 0, 0, " yes no ", UNET},
    [WORD_EMBEDDING] = {"embedding", "WORD", "of t: sinusoidal (default), fourier, learned", CHOICE,
                        0, 0, " sinusoidal fourier learned ", ANY},
    [WORD_EMBED] = {"embed", "N", "numbers of the embedding", WHOLE, 1, 4096,
                    "a whole number from 1 to 4096", ANY},
    [WORD_STEPS] = {"steps", "N", "of training", WHOLE, 1, 1e12, "a whole number from 1 to 10^12",
                    ANY},
    [WORD_BATCH] = {"batch", "N", "samples per step", WHOLE, 1, 16777215,
                    "a whole number from 1 to 16777215", ANY},
    [WORD_LR] = {"lr", "X", "learning rate of Adam", REAL, 1e-300, 1, "a number above 0, at most 1",
                 ANY},
    [WORD_WARM_UP] = {"warm-up", "N",
                      "steps over which the rate rises from 0 (default 200, at most a fifth)",
                      WHOLE, 0, 1e12, "a whole number from 0 to 10^12", ANY},
    [WORD_DECAY] = {"decay", "X", "last part of the steps, over which it falls to 0", REAL, 0, 1,
                    "a number from 0 to 1", ANY},
    [WORD_EMA] = {"ema", "X", "decay of the averaged parameters; 0: no average", REAL, 0, 0.9999999,
                  "a number from 0 to 0.9999999", ANY},
    [WORD_CLIP] = {"clip", "X", "largest norm of the gradient; 0: any", REAL, 0, 1e300,
                   "0 or a positive number", ANY},
    [WORD_STRATIFIED] = {"stratified", "WORD", "t of a batch spread evenly over 1..T: yes, no",
                         CHOICE, 0, 0, " yes no ", ANY},
    [WORD_SEED] = {"seed", "N", "of everything random", WHOLE, 0, 18446744073709551615.0,
                   "a whole number from 0 to 2^64-1", ANY}};

const char *words_name(word w)
{
    return rows[w].name;
}

bool words_images(const words *w)
{
    return w->text[WORD_DATA] && images_word(w->text[WORD_DATA]);
}

bool words_apply(const words *w, word which)
{
    return rows[which].of == ANY || rows[which].of == (words_images(w) ? UNET : MLP);
}

/* ---- Values ------------------------------------------------------------------------------------ */

static _Noreturn void refuse(word which, const char *text)
{
    if (rows[which].is == CHOICE)
        check_refuse("--%s %s: expected one of%.*s", rows[which].name, text,
                     (int)strlen(rows[which].expected) - 1, rows[which].expected);
    check_refuse("--%s %s: expected %s", rows[which].name, text, rows[which].expected);
}

/* Digits only, so that neither a sign nor 1e3 slips through. */
static void set_whole(words *w, word which, const char *text)
{
    char *end;
    errno = 0;
    const unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno) refuse(which, text);
    if (!(rows[which].low <= (double)n && (double)n <= rows[which].high)) refuse(which, text);
    snprintf(w->number[which], sizeof w->number[which], "%llu", n);
    w->text[which] = w->number[which];
}

/* The shortest of 15 or 17 digits that reads back as the same number. */
void words_set_number(words *w, word which, double value)
{
    char *text = w->number[which];
    snprintf(text, sizeof w->number[which], "%.15g", value);
    if (strtod(text, NULL) != value) snprintf(text, sizeof w->number[which], "%.17g", value);
    w->text[which] = text;
}

static void set_real(words *w, word which, const char *text)
{
    char *end;
    const double x = strtod(text, &end);
    if (end == text || *end || !(rows[which].low <= x && x <= rows[which].high))
        refuse(which, text);
    words_set_number(w, which, x);
}

static bool is_choice(word which, const char *text)
{
    char wanted[32];
    const int n = snprintf(wanted, sizeof wanted, " %s ", text);
    return n < (int)sizeof wanted && !strchr(text, ' ') && strstr(rows[which].expected, wanted);
}

void words_set(words *w, word which, const char *text)
{
    switch (rows[which].is) {
    case WHOLE: set_whole(w, which, text); break;
    case REAL: set_real(w, which, text); break;
    case CHOICE:
        if (!is_choice(which, text)) refuse(which, text);
        w->text[which] = text;
        break;
    default:
        if (*text == '\0') check_refuse("--%s: expected a word", rows[which].name);
        w->text[which] = text;
    }
}

double words_number(const words *w, word which)
{
    return strtod(w->text[which], NULL);
}

uint64_t words_whole(const words *w, word which)
{
    return strtoull(w->text[which], NULL, 10);
}

/* ---- Checkpoints ------------------------------------------------------------------------------- */

static char *spell(const words *w)
{
    size_t size = sizeof "ddpm train";
    for (int i = 0; i < WORDS; i++)
        if (w->text[i]) size += strlen(rows[i].name) + strlen(w->text[i]) + 4;
    char *line = malloc(size);
    if (!line) return NULL;
    size_t used = (size_t)snprintf(line, size, "ddpm train");
    for (int i = 0; i < WORDS; i++)
        if (w->text[i])
            used +=
                (size_t)snprintf(line + used, size - used, " --%s %s", rows[i].name, w->text[i]);
    return line;
}

bool words_store(const words *w, checkpoint *c)
{
    char *line = spell(w);
    bool good = line && checkpoint_set(c, "command", line);
    free(line);
    for (int i = 0; i < WORDS; i++)
        if (w->text[i]) good = good && checkpoint_set(c, rows[i].name, w->text[i]);
    return good;
}

void words_find(words *w, const checkpoint *c)
{
    for (int i = 0; i < WORDS; i++) {
        const char *text = checkpoint_get(c, rows[i].name);
        if (text) words_set(w, (word)i, text);
    }
}

void words_agree(const words *given, const words *stored, word except, const char *path)
{
    for (int i = 0; i < WORDS; i++) {
        const char *now = given->text[i], *then = stored->text[i];
        if (!now || i == (int)except || (then && strcmp(now, then) == 0)) continue;
        if (then)
            check_refuse("--resume: --%s %s contradicts %s, which has --%s %s", rows[i].name, now,
                         path, rows[i].name, then);
        check_refuse("--resume: --%s %s contradicts %s, which has no --%s", rows[i].name, now, path,
                     rows[i].name);
    }
}

/* ---- Help -------------------------------------------------------------------------------------- */

/* What words_default chooses for those data, in 32 characters at most; "" where nothing. */
static const char *default_of(const words *w, int i)
{
    return rows[i].is != TEXT && w->text[i] && !strstr(rows[i].help, "default") ? w->text[i] : "";
}

void words_help(FILE *f)
{
    words points = {.text = {[WORD_DATA] = "ring"}}, pixels = {.text = {[WORD_DATA] = "digits"}};
    words_default(&points);
    words_default(&pixels);
    for (int i = 0; i < WORDS; i++) {
        char option[32];
        snprintf(option, sizeof option, "--%s %s", rows[i].name, rows[i].value);
        fprintf(f, "  %-19s", option);
        for (const char *c = rows[i].help; *c != '\0'; c++) {
            fputc(*c, f);
            if (*c == '\n') fprintf(f, "%21s", "");
        }
        const char *value = default_of(&points, i), *other = default_of(&pixels, i);
        if (*value && *other && strcmp(value, other) != 0)
            fprintf(f, " (default %s, images %s)", value, other);
        else if (*value || *other)
            fprintf(f, " (default %s)", *value ? value : other);
        fputc('\n', f);
    }
}
