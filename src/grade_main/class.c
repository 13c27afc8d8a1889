#include "grade_main/grade_main.h"
int command_one(const options *o){(void)o;return 2;}
int command_class(const options *o){(void)o;return 2;}
int command_merge(const options *o){(void)o;return 2;}
int command_gradescope(const options *o){(void)o;return 2;}
