/* words_default.c -- what is meant when a word is not given. */
#include <math.h>

#include "check/check.h"
#include "ddpm/words.h"
#include "net/mlp.h"
#include "net/unet.h"
#include "train/trainer.h"

static void default_text(words *w, word which, const char *text)
{
    if (!w->text[which] && words_apply(w, which)) words_set(w, which, text);
}

static void default_number(words *w, word which, double value)
{
    if (!w->text[which] && words_apply(w, which)) words_set_number(w, which, value);
}

static void refuse_what_does_not_apply(const words *w)
{
    for (int i = 0; i < WORDS; i++)
        if (w->text[i] && !words_apply(w, (word)i))
            check_refuse("--%s: not with --data %s, whose network is %s", words_name((word)i),
                         w->text[WORD_DATA], words_images(w) ? "a U-Net" : "no U-Net");
}

/* About a quarter of an hour on two processors; docs/lesson25.md has the measurements. */
static trainer_config defaults_for_images(void)
{
    trainer_config c = trainer_defaults();
    c.batch = 64;
    c.steps = 14000;
    c.decay = 0.7;
    c.ema = 0.999;
    return c;
}

void words_default(words *w)
{
    default_text(w, WORD_DATA, "ring");
    refuse_what_does_not_apply(w);
    const bool unet = words_images(w);
    const trainer_config c = unet ? defaults_for_images() : trainer_defaults();
    const mlp_spec net = mlp_default(2, 1000);
    const unet_spec u = unet_default(16, 1000);
    default_text(w, WORD_PREDICT, "eps");
    default_text(w, WORD_LOSS, "simple");
    default_text(w, WORD_SIGMA, "beta");
    default_text(w, WORD_SCHEDULE, "linear");
    default_number(w, WORD_WIDTH, (double)(unet ? u.width : net.width));
    default_number(w, WORD_DEPTH, (double)net.depth);
    default_text(w, WORD_ACTIVATION, "silu");
    default_text(w, WORD_MULT, "1,2,4");
    default_number(w, WORD_BLOCKS, (double)u.blocks);
    default_text(w, WORD_ATTENTION, "yes");
    default_text(w, WORD_EMBEDDING, "sinusoidal");
    const double even_width = 2.0 * ceil(words_number(w, WORD_WIDTH) / 2.0);
    default_number(w, WORD_EMBED, unet ? even_width : (double)net.embed);
    default_number(w, WORD_STEPS, (double)c.steps);
    default_number(w, WORD_BATCH, (double)c.batch);
    default_number(w, WORD_LR, c.rate);
    const double fifth = floor(words_number(w, WORD_STEPS) / 5.0);
    default_number(w, WORD_WARM_UP, fmin((double)c.warm_up, fifth));
    default_number(w, WORD_DECAY, c.decay);
    default_number(w, WORD_EMA, c.ema);
    default_number(w, WORD_CLIP, c.clip);
    default_text(w, WORD_STRATIFIED, c.stratified ? "yes" : "no");
    default_number(w, WORD_SEED, (double)c.seed);
}
