/* misprint_function.c -- prints the function of src/theory that a named wrong formula imitates. */
#include <stdio.h>

#include "theory/misprint.h"

int main(int argc, char **argv)
{
    const misprint *m = argc > 1 ? misprint_find(argv[1]) : NULL;
    if (!m) return 1;
    puts(misprint_quantity_find(m->quantity)->function);
    return 0;
}
