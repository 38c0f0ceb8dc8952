/* Commands that work in a home. */
#include "home_call.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define READ_BYTES 65536u

enum err home_call_view(struct home_call *call, struct fault *f)
{
	return call->view.home != NULL ? OK : ledger_view_open(call->home, &call->view, f);
}

static enum err open_home(struct home_call *call, struct fault *f)
{
	const char *path = NULL;
	enum err e = home_option_find(call->options.home, &path, f);
	return e == OK ? home_open(path, &call->home, f) : e;
}

int home_call_run(const struct command *c, int argc, char *const *argv, size_t min, size_t max, bool homeless, home_use *use)
{
	struct home_call call = {.command = c,
		.arena = arena_new(0),
		.options = {.old = -1, .count = -1, .evidence = {.at = INSTANT_NONE, .marking = TLP_NONE, .older = -1}}};
	struct fault f = {0};
	int code = EXIT_ERROR;
	if (options_parse(call.arena, c->options, argc, argv, &call.options, &call.arguments, &f) != OK)
		code = command_usage_error(c, f.text);
	else if (call.arguments.n < min || call.arguments.n > max)
		code = command_usage_error(c, call.arguments.n < min ? "an argument is missing" : "too many arguments");
	else {
		int said = 0;
		enum err e = homeless ? OK : open_home(&call, &f);
		if (e == OK) e = use(&call, &said, &f);
		if (e != OK) complain(NULL, &f);
		if (e == OK && fflush(stdout) != 0) {
			fputs("kulla: standard output cannot be written\n", stderr);
			e = ERR_DISK;
		}
		code = e == OK ? said : EXIT_ERROR;
	}
	ledger_view_close(&call.view);
	home_close(call.home);
	arena_free(call.arena);
	return code;
}

static enum err file_error(const char *path, const char *what, struct fault *f)
{
	char why[64];
	enum err kind = errno == ENOENT ? ERR_NOT_FOUND : errno == EEXIST ? ERR_EXISTS : errno == EACCES ? ERR_ACCESS : ERR_DISK;
	return fault_set(f, kind, 0, 0, "%.150s: %s: %s", path, what, strerror_r(errno, why, sizeof why));
}

enum err file_read_small(const char *path, size_t bytes_max, struct buf *out, struct fault *f)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return file_error(path, "cannot be opened", f);
	enum err e = OK;
	for (ssize_t n = 1; n > 0 && e == OK;) {
		(void)buf_reserve(out, READ_BYTES);
		n = read(fd, out->p + out->n, READ_BYTES);
		if (n < 0 && errno == EINTR) n = 1;
		else if (n < 0) e = file_error(path, "cannot be read", f);
		else out->n += (size_t)n;
		if (out->n > bytes_max) e = fault_set(f, ERR_LIMIT, 0, 0, "%.150s: longer than %zu bytes", path, bytes_max);
	}
	if (!standard) close(fd);
	return e;
}

enum err file_write_new(const char *path, slice bytes, struct fault *f)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		(void)fwrite(bytes.p, 1, bytes.n, stdout); /* home_call_run looks whether it went out */
		return OK;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) return file_error(path, "cannot be made", f);
	enum err e = OK;
	while (bytes.n > 0 && e == OK) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0) e = file_error(path, "cannot be written", f);
		else bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
	if (close(fd) != 0 && e == OK) e = file_error(path, "cannot be written", f);
	if (e != OK) (void)unlink(path);
	return e;
}
