/* table.h -- `ddpm table`: every coefficient of a schedule as tab-separated numbers. */
#ifndef DDPM_TABLE_H
#define DDPM_TABLE_H

/* Run the subcommand.
 * Args     argv[0]  the name to use in messages; the options follow.
 * Returns  0.  Bad usage or a file that cannot be written: one line to stderr and exit 2. */
int table_main(int argc, char **argv);

#endif
