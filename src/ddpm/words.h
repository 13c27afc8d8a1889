/* words.h -- what a training is, as words: the options of `ddpm train` that belong to the result.
 *
 * A word is an option's name and its value in one canonical spelling.  They come from the command
 * line, are stored in the checkpoint's metadata under the option's name, and come back from there, so
 * that a checkpoint can be resumed, sampled and measured without repeating a single option. */
#ifndef DDPM_WORDS_H
#define DDPM_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "net/checkpoint.h"

typedef enum word {
    WORD_DATA,
    WORD_PREDICT,
    WORD_LOSS,
    WORD_SIGMA,
    WORD_SCHEDULE,
    WORD_T,
    WORD_BETA_MIN,
    WORD_BETA_MAX,
    WORD_WIDTH,
    WORD_DEPTH,
    WORD_ACTIVATION,
    WORD_MULT,
    WORD_BLOCKS,
    WORD_ATTENTION,
    WORD_EMBEDDING,
    WORD_EMBED,
    WORD_STEPS,
    WORD_BATCH,
    WORD_LR,
    WORD_WARM_UP,
    WORD_DECAY,
    WORD_EMA,
    WORD_CLIP,
    WORD_STRATIFIED,
    WORD_SEED,
    WORDS
} word;

typedef struct words {
    const char *text[WORDS]; /* NULL: not given */
    char number[WORDS][32];  /* canonical numbers, pointed to by text: never copy a words */
} words;

/* The option's name, without the dashes. */
const char *words_name(word w);

/* Are the data images?  Then the network is a U-Net, else a multilayer perceptron. */
bool words_images(const words *w);

/* Does the word belong to that network?  Most belong to both. */
bool words_apply(const words *w, word which);

/* Give a word its value.  An unusable one ends the program with one line and exit 2.
 * Args  text  must outlive the words unless it is a number. */
void words_set(words *w, word which, const char *text);
void words_set_number(words *w, word which, double value);

/* Fill in what was not given and applies; T, beta-min and beta-max stay open.  A word that was given
 * and does not apply ends the program with one line and exit 2. */
void words_default(words *w);

/* The value of a word that was given. */
double words_number(const words *w, word which);
uint64_t words_whole(const words *w, word which);

/* Store the words; "command" is the command line that they spell.   Returns  false without memory. */
bool words_store(const words *w, checkpoint *c);

/* The words of a checkpoint; what is not there stays open.  Valid as long as c. */
void words_find(words *w, const checkpoint *c);

/* Words given on the command line against those of a checkpoint: an option that contradicts it ends
 * the program with one line and exit 2.
 * Args  except  a word that may differ; WORDS for none;  path  of the checkpoint, for the line. */
void words_agree(const words *given, const words *stored, word except, const char *path);

/* One line per option for --help. */
void words_help(FILE *f);

#endif
