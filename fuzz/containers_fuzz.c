/* Containers: any bytes as a file. All that comes out stays within the limits, and the walk ends. */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source.h"

#define BYTES_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t part_read(struct source *s)
{
	static uint8_t room[8192];
	struct fault f = {0};
	uint64_t bytes = 0;
	size_t got = 1;
	while (got > 0 && source_read(s, room, sizeof room, &got, &f) == OK) bytes += got;
	(void)source_remark(s, &f);
	return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct source_limits limits = {.decoded_bytes = 4u << 20,
		.expansion_free = 1u << 16,
		.expansion_archive = 1u << 18,
		.expansion_ratio = 100,
		.members = 100};
	const struct source_settings settings = {.named = true, .archives = true, .stop_fd = -1, .limits = &limits};
	char path[40];
	int fd = memfd_create("fuzz", 0);
	if (fd < 0 || (size > 0 && write(fd, data, size) != (ssize_t)size)) return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct source *s = source_new(path, &settings);
	struct source_part p;
	uint64_t bytes = 0, parts = 0;
	while (source_next(s, &p)) {
		assert(p.name.n > 0);
		for (size_t i = 0; i < p.name.n; i++) assert(p.name.p[i] >= 0x20);
		parts++;
		if (p.fault.kind == OK) bytes += part_read(s);
		else assert(p.fault.text[0] != '\0');
	}
	assert(parts > 0);
	assert(bytes <= BYTES_MAX);
	source_close(s);
	(void)close(fd);
	return 0;
}
