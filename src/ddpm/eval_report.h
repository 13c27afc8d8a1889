/* eval_report.h -- what was measured, for people and as JSON. */
#ifndef DDPM_EVAL_REPORT_H
#define DDPM_EVAL_REPORT_H

#include <stdio.h>

#include "ddpm/evaluation.h"

/* The three parts on stdout, each when it is there. */
void eval_report_excess(const evaluation *e);
void eval_report_bound(const evaluation *e, const loaded *l);
void eval_report_samples(const evaluation *e, const loaded *l);

/* Everything as one JSON object, with the words of the model.   Returns  false without memory. */
bool eval_report_json(const evaluation *e, const loaded *l, const char *path, FILE *f);

#endif
