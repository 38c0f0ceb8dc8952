/* Stands in for libFuzzer: gives every file of the folder named as the argument, and the empty input, to the fuzz target.
 * Prints TAP with one test. A crash is the failure; a missing folder counts as an empty one, and is told. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_BYTES_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* The input lies in memory of exactly its size, so that a sanitizer sees a read beyond it. */
static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL) return -1;
	long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
	int result = -1;
	if (size >= 0 && size <= (long)INPUT_BYTES_MAX && fseek(f, 0, SEEK_SET) == 0) {
		uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
		if (bytes != NULL && fread(bytes, 1, (size_t)size, f) == (size_t)size) {
			(void)LLVMFuzzerTestOneInput(bytes, (size_t)size);
			result = 0;
		}
		free(bytes);
	}
	(void)fclose(f);
	return result;
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize != NULL) (void)LLVMFuzzerInitialize(&argc, &argv);
	if (argc != 2) return 2;
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	unsigned files = 0, unread = 0;
	DIR *folder = opendir(argv[1]);
	if (folder == NULL) printf("# %s: %s, only the empty input was replayed\n", argv[1], strerror(errno));
	for (struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
		char path[4096];
		int n = snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
		if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path) continue;
		files++;
		if (replay_file(path) != 0) {
			unread++;
			printf("# %s: cannot read\n", path);
		}
	}
	if (folder != NULL) (void)closedir(folder);
	printf("1..1\n%s 1 - replay of %u inputs\n", unread == 0 ? "ok" : "not ok", files + 1);
	return unread == 0 ? 0 : 1;
}
