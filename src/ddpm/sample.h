/* sample.h -- `ddpm sample`: draw samples from a trained network. */
#ifndef DDPM_SAMPLE_H
#define DDPM_SAMPLE_H

int sample_main(int argc, char **argv);

#endif
