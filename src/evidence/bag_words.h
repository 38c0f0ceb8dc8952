/* What travels with every bag, so that a stranger can check it: the files beside this one, as bytes. */
#ifndef EVIDENCE_BAG_WORDS_H
#define EVIDENCE_BAG_WORDS_H
#include "slice.h"

extern const uint8_t bag_verify_py[], bag_verify_txt[];
extern const size_t bag_verify_py_bytes, bag_verify_txt_bytes;
#endif
