/* kulla keeper: the process that keeps a home's ledger. Commands start it themselves. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "home_option.h"
#include "keeper.h"
#include "keeper_client.h"

#define LOCK_TRIES 500
#define LOCK_PAUSE_NS 20000000

struct keeper_options {
	const char *home;
	int64_t ready;
	bool stop;
};
static const struct option keeper_options[] = {
	HOME_OPTION(struct keeper_options, home),
	{.name = "stop",
		.kind = OPTION_FLAG,
		.place = offsetof(struct keeper_options, stop),
		.help = "tell the one that runs to publish what it has and leave"},
	{.name = "ready",
		.kind = OPTION_NUMBER,
		.place = offsetof(struct keeper_options, ready),
		.argument = "FD",
		.help = "say \"ok\" on this descriptor once it answers",
		.min = 3,
		.max = 1023},
	{0},
};

/* Who was told that it is gone may take its lock. */
static void wait_for_lock(const struct home *h)
{
	const struct timespec pause = {0, LOCK_PAUSE_NS};
	int fd = openat(h->fd, "keeper.lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	for (int i = 0; fd >= 0 && i < LOCK_TRIES && flock(fd, LOCK_SH | LOCK_NB) != 0; i++) (void)nanosleep(&pause, NULL);
	if (fd >= 0) close(fd);
}

static enum err stop(struct home *h, struct fault *f)
{
	struct keeper_client *c = NULL;
	slice answer;
	enum err e = keeper_connect_running(h, &c, f);
	if (e == ERR_NOT_FOUND) return OK;
	if (e == OK) e = keeper_ask(c, SLICE("{\"do\":\"stop\"}"), &answer, f);
	keeper_close_client(c);
	if (e == OK) wait_for_lock(h);
	return e;
}

static int run(const struct command *c, int argc, char *const *argv)
{
	struct keeper_options o = {.ready = -1};
	struct arguments rest;
	struct fault f = {0};
	struct home *h = NULL;
	struct arena *a = arena_new(0);
	int code = EXIT_ERROR;
	if (options_parse(a, keeper_options, argc, argv, &o, &rest, &f) != OK) code = command_usage_error(c, f.text);
	else if (rest.n > 0) code = command_usage_error(c, "keeper takes no arguments");
	else {
		const char *path = NULL;
		enum err e = home_option_find(o.home, &path, &f);
		if (e == OK) e = home_open(path, &h, &f);
		if (e == OK) e = o.stop ? stop(h, &f) : keeper_run(h, (int)o.ready, &f);
		if (e != OK) complain(NULL, &f);
		code = e == OK ? 0 : EXIT_ERROR;
	}
	home_close(h);
	arena_free(a);
	return code;
}

const struct command command_keeper = {
	.name = "keeper",
	.summary = "keep a home's ledger (started by the commands that need it)",
	.usage = "[--home DIR] [--stop]",
	.text = "The keeper is to the ledger what ssh-agent is to a key: the one process that holds the home's lock and signing key and "
		"writes its\n"
		"ledger. Commands start it when it is not there and talk to it over a Unix socket in the home; it leaves when nobody has "
		"asked\n"
		"for a while (`keeper-idle` in kulla.conf). An append is answered when it is durable and covered by a signed checkpoint, "
		"so the\n"
		"keeper may be killed at any time: what was answered is there.\n",
	.examples = "  kulla keeper --home /var/lib/kulla          run it in the foreground, for a service manager\n"
		    "  kulla keeper --home /var/lib/kulla --stop   publish what is appended, and leave\n",
	.options = keeper_options,
	.run = run,
};
