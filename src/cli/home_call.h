/* Commands that work in a home: options are read, the home and its ledger opened, what goes wrong is said, in one place. */
#ifndef CLI_HOME_CALL_H
#define CLI_HOME_CALL_H
#include "command.h"
#include "home_option.h"
#include "ledger_use.h"
#include "observable.h"

/* What is said about evidence, and about an act with it. */
struct evidence_options {
	const char *case_name, *reason, *collector, *authority, *source, *exhibit, *device, *notes, *place, *seal, *by, *to, *path,
		*derived;
	instant at;
	enum tlp marking;
	int64_t older;
	bool md5, sha1, sha512, files;
};
/* Packages: whose keys are trusted, for whom it is, where the receipt lies. */
struct package_options {
	struct option_list keys, witnesses;
	const char *party, *receipt;
};
struct home_options {
	const char *home, *out, *key, *policy, *kind;
	int64_t count, old;
	int reason;
	instant since;
	bool json, cosigned, follow;
	struct evidence_options evidence;
	struct package_options package;
};
#define HOME_CALL_OPTION HOME_OPTION(struct home_options, home)
#define JSON_OPTION                                                                                                                        \
	{                                                                                                                                  \
		.name = "json", .kind = OPTION_FLAG, .place = offsetof(struct home_options, json), .help = "JSON lines"                    \
	}
#define OUT_OPTION                                                                                                                         \
	{                                                                                                                                  \
		.name = "out", .kind = OPTION_TEXT, .place = offsetof(struct home_options, out), .argument = "FILE",                       \
		.help = "to this new file instead of standard output"                                                                      \
	}

struct home_call {
	const struct command *command;
	struct home_options options;
	struct arguments arguments;
	struct arena *arena;
	struct home *home;
	struct ledger_view view; /* empty until home_call_view */
};
/* What a command does: OK, or a fault that is then said. *code is EXIT 0 unless it sets another. */
typedef enum err home_use(struct home_call *call, int *code, struct fault *f);
/* Read options, check the number of arguments, open the home (unless `homeless`), call, clean up. Returns the exit code. */
int home_call_run(const struct command *c, int argc, char *const *argv, size_t min, size_t max, bool homeless, home_use *use);
/* Open the ledger as it stands. */
CHECKED enum err home_call_view(struct home_call *call, struct fault *f);

/* A whole small file, or standard input for "-". Errors: ERR_NOT_FOUND …; ERR_LIMIT bytes_max. */
CHECKED enum err file_read_small(const char *path, size_t bytes_max, struct buf *out, struct fault *f);
/* To a new file, or to standard output when path is NULL or "-". Errors: ERR_EXISTS, ERR_DISK. */
CHECKED enum err file_write_new(const char *path, slice bytes, struct fault *f);
#endif
