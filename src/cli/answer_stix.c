/* The answer as a STIX 2.1 bundle. */
#include "answer.h"
const struct answer answer_stix = {0};
