/* export.h -- `ddpm export`: a checkpoint reduced to what sampling needs. */
#ifndef DDPM_EXPORT_H
#define DDPM_EXPORT_H

int export_main(int argc, char **argv);

#endif
