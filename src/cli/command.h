/* The commands: one table, from which running, help and suggestions are made. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
#include <stdio.h>
#include "option.h"

#define KULLA_VERSION "0.1"
#define EXIT_HIT 0
#define EXIT_NONE 1
#define EXIT_ERROR 2

struct command {
	const char *name;    /* "scan", "watchlist build" */
	const char *summary; /* one line */
	const char *usage;   /* behind the name */
	const char *text;    /* paragraphs for help */
	const char *examples;
	const struct option *options;
	int (*run)(const struct command *c, int argc, char *const *argv); /* arguments behind the name; returns the exit code */
};
extern const struct command command_scan, command_watchlist_build, command_watchlist_show, command_formats, command_stix_pattern,
	command_exercise_generate, command_exercise_score, command_init, command_verify, command_rebuild, command_ledger_checkpoint,
	command_ledger_prove, command_ledger_check, command_ledger_show, command_ledger_tail, command_ledger_policy, command_ledger_rotate,
	command_ledger_repair, command_ledger_erase, command_witness_add, command_witness_remove, command_witness_list,
	command_witness_request, command_witness_accept, command_witness_key, command_witness_trust, command_witness_follow,
	command_witness_cosign, command_evidence_seal, command_evidence_stamp, command_evidence_list, command_evidence_show,
	command_evidence_history, command_evidence_search, command_evidence_scan, command_evidence_check, command_evidence_open,
	command_evidence_return, command_evidence_copy, command_evidence_transfer, command_evidence_receive, command_evidence_dispose,
	command_evidence_hold, command_evidence_release, command_evidence_export, command_evidence_import, command_evidence_deliver,
	command_keeper, command_completion;

/* Run the program's arguments (argv[0] is its name) and return the exit code. */
int command_run(int argc, char *const *argv);
/* "kulla: …" and where to find help on standard error; returns EXIT_ERROR. */
int command_usage_error(const struct command *c, const char *text);
/* `kulla: FILE: line N: what` on standard error. name may be NULL. Control characters are made visible. */
void complain(const char *name, const struct fault *f);
/* Confine the process (see confine.h), and say how on standard error when asked to. */
void command_confine(const char *write_folder, bool tell);
/* Foreign text, as visible.h shows it; in ASCII on a terminal that shows no UTF-8. */
void put_visible(FILE *out, slice text);
#endif
