/* What a scan with --record leaves behind, beside the answer that the user sees: the answer as JSON lines, what was looked at file by file,
 * and the facts of its entry. Belongs to the thread that consumes. */
#ifndef CLI_KEEP_H
#define CLI_KEEP_H
#include "answer.h"
#include "excerpt.h"
#include "input.h"
#include "intake.h"
#include "recorder.h"

struct keep;
/* Gives. The settings are those of the user's answer; the recorder is borrowed. Nothing was read yet. */
struct keep *keep_new(struct recorder *r, const struct answer_settings *s);
void keep_hit(struct keep *k, const struct answer_hit *h);
/* A file was read to its end, or as far as it could be. */
void keep_file(struct keep *k, const struct input_file *f);
/* The lines that stand behind all hits and files. The summary is whole, its findings are sorted. */
void keep_close(struct keep *k, const struct summary *s);

struct keep_facts {
	const struct summary *summary;
	const struct intake *intake;
	instant began;
	const struct excerpt *excerpt; /* to be sealed when it has a record; NULL: nothing is sealed */
	bool exercise;                 /* something that was read or looked for is of an exercise */
};
/* Record it, and say so on standard error: where it stands, or why nothing was recorded. False: nothing was. takes k */
bool keep_record(struct keep *k, const struct keep_facts *facts);
instant keep_now(void); /* CLOCK_REALTIME */
#endif
