/* classifier.h -- `ddpm classifier`: trains and measures the classifier that judges samples. */
#ifndef DDPM_CLASSIFIER_H
#define DDPM_CLASSIFIER_H

int classifier_main(int argc, char **argv);

#endif
