/* image_bits.h -- `ddpm eval` of an image model: bits per dimension beside what other models
 * need. */
#ifndef DDPM_IMAGE_BITS_H
#define DDPM_IMAGE_BITS_H

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "data/baseline.h"
#include "data/images.h"
#include "train/bits.h"

/* Reverse models that one network makes: three variances, with x_0_hat as it is and clipped to
 * [-1,1]; the last one only for a network that predicts its own variance. */
typedef enum image_bits_choice {
    IMAGE_BITS_BETA,
    IMAGE_BITS_BETA_TILDE,
    IMAGE_BITS_BEST,
    IMAGE_BITS_BETA_CLIP,
    IMAGE_BITS_BETA_TILDE_CLIP,
    IMAGE_BITS_BEST_CLIP,
    IMAGE_BITS_LEARNED,
    IMAGE_BITS_CHOICES
} image_bits_choice;

typedef struct image_bits {
    const images *train, *test; /* not owned */
    size_t D, calls; /* calls: budget of the test images' pass; half of it for training's */
    uint64_t seed;
    const schedule *s;
    bits_plan *plan, *plan_training;
    bits_pass *pass;
    double *table[4]; /* [T+1]: beta, beta_tilde, best, best when clipped */
    bits_kernel kernel[IMAGE_BITS_CHOICES];
    double best_cost[2]; /* nats: what the noise of the best tables costs */
    evaluate_bound *bound[IMAGE_BITS_CHOICES];
    evaluate_number
        tanh[IMAGE_BITS_CHOICES]; /* the bound with the tanh decoder; none for learned */
    size_t choices;               /* 3, or 4 with learned */
    baseline_number histogram, places;
    double deflate;
    size_t least_images, most_images; /* per t */
    bool worse_than_uniform;          /* even the best of the bounds, by 3 standard errors */
} image_bits;

/* Measure, with progress on stderr; ends the program with one line when it cannot be done (a
 * network that is not finite: exit 1). */
void image_bits_measure(image_bits *b, denoise *w);
void image_bits_free(image_bits *b);

/* The table, for people; and why a bound is worse than 8 bits, when it is. */
void image_bits_print(const image_bits *b);

/* What programs with a common mistake would print for the same network, images and noise. */
void image_bits_print_mistakes(const image_bits *b, parallel *pool);

/* The same numbers as the object "bits_per_dim". */
void image_bits_json(cJSON *root, const image_bits *b);

/* One line per t: images, the term in bits/dim with its error for each choice (t = 1: L_0), the
 * mean squared error of eps_hat with its error. */
void image_bits_curve(const image_bits *b, FILE *f);

#endif
