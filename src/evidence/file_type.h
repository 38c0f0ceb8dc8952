/* What a file seems to be, by its first bytes: a hint for who looks at a list of evidence. Nothing is decided by it. Pure. */
#ifndef EVIDENCE_FILE_TYPE_H
#define EVIDENCE_FILE_TYPE_H
#include "slice.h"

#define FILE_TYPE_BYTES 512u /* so many of its first bytes are enough */
/* A media type (IANA's name where it has one), "text/plain" for text, "" when nothing is known. */
const char *file_type(slice head);
#endif
