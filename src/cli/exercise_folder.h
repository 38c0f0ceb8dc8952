/* An exercise onto the disk or to standard output, by several threads; the bytes are the same with any number of them. */
#ifndef CLI_EXERCISE_FOLDER_H
#define CLI_EXERCISE_FOLDER_H
#include "exercise.h"

enum exercise_compress { EXERCISE_COMPRESS_MIXED, EXERCISE_COMPRESS_ZSTD, EXERCISE_COMPRESS_GZIP, EXERCISE_COMPRESS_NONE };
struct exercise_output {
	const struct exercise *exercise;
	const char *folder; /* exists and is empty; NULL: a stream without its truth */
	unsigned threads;
	enum exercise_compress compress; /* of files; mixed: Zeek's gzip, others zstd */
	bool progress;
	int stop_fd;        /* readable when the user wants to stop, or -1 */
	uint64_t bytes_all; /* expected, for progress */
};
struct exercise_written {
	uint64_t files, bytes, disk_bytes;
	bool stopped; /* by the user */
	bool enough;  /* whoever read the stream went away */
	double seconds;
};
/* The whole case below the folder: EXERCISE, INCOMPLETE (until all is written), telemetry, warning, truth, case.json. Files are made under
 * another name and renamed when they are whole. Errors: ERR_DISK; what was begun stays, with INCOMPLETE beside it. */
CHECKED enum err exercise_folder_write(const struct exercise_output *o, struct exercise_written *done, struct fault *f);
/* The telemetry to a descriptor, file behind file; in the folder all else, before it the warning, behind it the truth, which tells places
 * in the stream. Memory: at most EXERCISE_AHEAD_BYTES for each thread. */
#define EXERCISE_AHEAD_BYTES (32u << 20)
CHECKED enum err exercise_stream_write(const struct exercise_output *o, int fd, struct exercise_written *done, struct fault *f);
#endif
