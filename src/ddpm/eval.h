/* eval.h -- `ddpm eval`: measure a trained network against the law of its data. */
#ifndef DDPM_EVAL_H
#define DDPM_EVAL_H

int eval_main(int argc, char **argv);

#endif
