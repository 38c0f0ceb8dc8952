/* The answer of a verification, for people and as JSON lines (docs/json.md). */
#ifndef CLI_VERIFY_PRINT_H
#define CLI_VERIFY_PRINT_H
#include <stdio.h>

#include "verify.h"

struct verify_print {
	bool json;
	FILE *out;
	struct buf line;
};
void verify_print_finding(void *print, const struct verify_finding *found); /* a verify_tell */
void verify_print_answer(struct verify_print *p, const struct verify_request *r, const struct verify_answer *a);
void verify_print_free(struct verify_print *p);
#endif
