/* The answer for who has to decide: ten statements, made from the summary that the other answers are made from. How they look is the
 * business of answer_brief.c (text) and answer_html.c (a page). Pure. */
#ifndef CLI_BRIEF_H
#define CLI_BRIEF_H
#include "answer.h"

enum brief_verdict {
	BRIEF_HIT,
	BRIEF_NONE,      /* no indicator was met, and all that was given was read */
	BRIEF_UNCERTAIN, /* none was met, but not all was read, or there was nothing to look for or in */
};
#define BRIEF_LINES 10u
#define BRIEF_ANSWER 0u /* its number among the lines */
struct brief {
	enum brief_verdict verdict;
	struct buf exercise; /* what stands before all else where the answer is of an exercise; else empty */
	struct {
		const char *label;
		struct buf text;
	} lines[BRIEF_LINES]; /* text: UTF-8, one line, nothing in it moves a cursor */
};
/* The findings of the summary are sorted. Give back with brief_free. */
void brief_make(struct brief *b, const struct summary *m, const struct answer_settings *s);
void brief_free(struct brief *b);
/* What marks the answer: the strictest of its hits, TLP:CLEAR without hits, as in the JSON. */
enum tlp brief_marking(const struct summary *m);
#endif
