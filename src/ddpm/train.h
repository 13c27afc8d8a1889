/* train.h -- `ddpm train`: train a network on a data set, interruptible and resumable bit by bit. */
#ifndef DDPM_TRAIN_H
#define DDPM_TRAIN_H

/* argv[0] is the name for messages.   Returns  the exit status: 0 trained; 1 a number was not finite;
 * 2 bad usage or a file that cannot be used; 130, 143 interrupted by SIGINT, SIGTERM. */
int train_main(int argc, char **argv);

#endif
