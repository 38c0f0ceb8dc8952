/* A file as it lies on disk (gzip, UTF-16, binary formats, text) through the source that decodes it: from an anonymous file, in pieces of
 * a length that the first byte picks. What is read must not depend on the pieces, and ends. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "slice.h"
#include "source.h"

#define DECODED_BYTES_MAX (16u << 20) /* a bomb is cut here, as a scan cuts none: the time is the fuzzer's */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct read_back {
	uint64_t n, sum;
	enum err end;
};

static struct read_back read_all(const char *path, size_t piece)
{
	struct source_settings settings = {.named = true, .stop_fd = -1};
	struct source *s;
	struct fault f = {0}, remark;
	struct read_back r = {.sum = 1};
	r.end = source_open(path, &settings, &s, &f);
	if (r.end != OK) return r;
	uint8_t *into = mem_alloc(piece + 64);
	size_t got = 1;
	while (r.end == OK && got > 0 && r.n < DECODED_BYTES_MAX) {
		got = 0;
		r.end = source_read(s, into, piece, &got, &f);
		if (got > piece) abort();
		for (size_t i = 0; i < got && r.n + i < DECODED_BYTES_MAX; i++) r.sum = r.sum * 31 + into[i];
		r.n += got;
	}
	if (r.n > DECODED_BYTES_MAX) r.n = DECODED_BYTES_MAX;
	(void)source_remark(s, &remark);
	if (r.n == DECODED_BYTES_MAX) r.end = OK;
	source_close(s);
	free(into);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40];
	if (size < 1) return 0;
	int fd = memfd_create("source", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct read_back whole = read_all(path, 1u << 20), pieces = read_all(path, 16 + (size_t)data[0] * 17);
	if (whole.n != pieces.n || whole.sum != pieces.sum || whole.end != pieces.end) abort();
	(void)close(fd);
	return 0;
}
