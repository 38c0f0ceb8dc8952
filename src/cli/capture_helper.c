/* The helper: takes captures, has Suricata write their EVE records into a private folder, and gives those. It holds no foreign byte longer
 * than a frame and parses none. Whoever asks can make it do nothing but that. */
#include "capture_int.h"
#include "limit.h"
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct helper {
	const struct capture_settings *settings;
	int in, out;
	char folder[64];
	uint8_t *room;
};

static bool put_frame(const struct helper *h, const void *bytes, size_t n)
{
	uint8_t length[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
	return capture_write_all(h->out, length, sizeof length) && capture_write_all(h->out, bytes, n);
}

static int open_in_folder(const struct helper *h, const char *name, int flags)
{
	char path[128];
	(void)snprintf(path, sizeof path, "%s/%s", h->folder, name);
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Keep one capture. False when the other end is gone; *wrong says what else failed. */
static bool capture_take(struct helper *h, const char **wrong)
{
	int fd = open_in_folder(h, "capture", O_WRONLY | O_CREAT | O_EXCL);
	uint64_t kept = 0;
	if (fd < 0) *wrong = "the capture cannot be kept in the folder for temporary files";
	for (;;) {
		uint8_t p[4];
		if (!capture_read_all(h->in, p, sizeof p)) break;
		size_t n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
		if (n == 0) {
			if (fd >= 0 && close(fd) != 0 && *wrong == NULL)
				*wrong = "the capture cannot be kept: the folder for temporary files is full";
			return true;
		}
		if (n > CAPTURE_PIECE_BYTES || !capture_read_all(h->in, h->room, n)) break;
		kept += n;
		if (kept > CAPTURE_BYTES_MAX) *wrong = "the capture is longer than CAPTURE_BYTES_MAX";
		if (*wrong == NULL && !capture_write_all(fd, h->room, n))
			*wrong = "the capture cannot be kept: the folder for temporary files is full";
	}
	if (fd >= 0) (void)close(fd);
	return false;
}

static bool eve_give(const struct helper *h)
{
	int fd = open_in_folder(h, "eve.json", O_RDONLY);
	ssize_t had = 0;
	bool good = true;
	while (fd >= 0 && good && (had = read(fd, h->room, CAPTURE_PIECE_BYTES)) > 0) good = put_frame(h, h->room, (size_t)had);
	if (fd >= 0) (void)close(fd);
	return good && put_frame(h, NULL, 0);
}

static void folder_remove(const struct helper *h)
{
	DIR *d = opendir(h->folder);
	const struct dirent *e;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.') (void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL) (void)closedir(d);
	(void)rmdir(h->folder);
}

static bool folder_make(struct helper *h)
{
	const char *where = getenv("TMPDIR");
	if (where == NULL || where[0] != '/' || strlen(where) > 40) where = "/tmp";
	(void)snprintf(h->folder, sizeof h->folder, "%s/kulla-XXXXXX", where);
	return mkdtemp(h->folder) != NULL;
}

static bool hung_up(const struct helper *h)
{
	struct pollfd p = {.fd = h->in};
	return poll(&p, 1, 0) > 0 && (p.revents & POLLHUP) != 0;
}

/* One capture; false when the other end is gone. */
static bool serve(struct helper *h)
{
	const char *wrong = NULL;
	if (!folder_make(h)) wrong = "no private folder can be made for temporary files";
	bool good = capture_take(h, &wrong);
	if (good && wrong == NULL) wrong = capture_suricata_run(h->settings, h->folder, h->in);
	good = good && !hung_up(h);
	if (good) good = eve_give(h) && put_frame(h, wrong, wrong != NULL ? strlen(wrong) : 0);
	folder_remove(h);
	return good;
}

/* Nothing but the pipes and standard error stays open. */
static void descriptors_close(const struct helper *h)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	int low = h->in < h->out ? h->in : h->out, high = h->in < h->out ? h->out : h->in;
	if (low > 3) (void)close_range(3, (unsigned)low - 1, 0);
	if (high > low + 1) (void)close_range((unsigned)low + 1, (unsigned)high - 1, 0);
	(void)close_range((unsigned)high + 1, ~0u, 0);
}

void capture_helper_run(const struct capture_settings *s, int in, int out)
{
	struct helper h = {.settings = s, .in = in, .out = out};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)setpgid(0, 0); /* the terminal's Ctrl-C is for the other end, whose hanging up ends this one */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	descriptors_close(&h);
	h.room = mem_alloc(CAPTURE_PIECE_BYTES);
	while (serve(&h)) continue;
	free(h.room);
}
