/* list_misprints.c -- lists the named wrong formulas and the function of src/theory each imitates.
 */
#include <stdio.h>

#include "theory/misprint.h"

int main(void)
{
    for (size_t i = 0; i < misprint_n; i++)
        printf("%s\t%s\n", misprints[i].id,
               misprint_quantity_find(misprints[i].quantity)->function);
    return 0;
}
