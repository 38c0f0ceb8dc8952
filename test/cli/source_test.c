/* Containers made by their own tools: what comes out, and what is told when they are cut, changed or built to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data.h"
#include "limit.h"
#include "source.h"

#define SEED 20230419u

static const struct source_limits ordinary = {.decoded_bytes = DECODED_BYTES_MAX,
	.expansion_free = EXPANSION_FREE_BYTES,
	.expansion_archive = EXPANSION_ARCHIVE_BYTES,
	.expansion_ratio = EXPANSION_RATIO_MAX,
	.members = MEMBERS_MAX};

/* Samples: two text files and an empty one. `checked`: every changed byte of content is noticed. */
static const struct {
	const char *name, *make;
	bool checked;
} samples[] = {
	{"a.gz", "gzip -c a.log >a.gz", true},
	{"a.zst", "zstd -q -c --check a.log >a.zst", true},
	{"skip.zst", "{ printf 'P*M\\030\\003\\000\\000\\000abc'; cat a.zst; } >skip.zst", true},
	{"a.xz", "xz -c a.log >a.xz", true},
	{"a.bz2", "bzip2 -c a.log >a.bz2", true},
	{"a.lz4", "lz4 -q -c a.log >a.lz4", true},
	{"t.tar", "tar cf t.tar a.log b.log empty.log", false},
	{"v7.tar", "tar --format=v7 -cf v7.tar a.log b.log empty.log", false},
	{"pax.tar", "tar --format=pax -cf pax.tar a.log b.log empty.log", false},
	{"t.cpio", "printf 'a.log\\nb.log\\nempty.log\\n' | cpio -o -H newc --quiet >t.cpio", false},
	{"t.tar.zst", "zstd -q -c --check t.tar >t.tar.zst", true},
	{"t.tar.xz", "xz -c t.tar >t.tar.xz", true},
	{"z.zip", "zip -q z.zip a.log b.log empty.log", true},
	{"stored.zip", "zip -q -0 stored.zip a.log b.log empty.log", true},
	{"z.7z", "7z a -bd z.7z a.log b.log empty.log >/dev/null", true},
	{"stored.rar", "python3 \"$KULLA_SOURCE\"/test/cli/archives.py", false},
	{"stored.cab", "true", false},
	{"nested.zip", "zip -q -0 nested.zip t.tar.zst z.zip a.gz", true},
	{"gz.tar", "tar cf gz.tar a.gz a.xz a.bz2", false},
};
#define SAMPLES (sizeof samples / sizeof *samples)

static char folder[] = "/tmp/kulla_source_XXXXXX";

struct seen {
	struct buf names, bytes; /* bytes of all parts, one after the other */
	unsigned parts, lost, told;
	struct fault fault; /* the last one */
};

static void seen_free(struct seen *s)
{
	buf_free(&s->names);
	buf_free(&s->bytes);
}

static void part_read(struct source *s, struct seen *seen, size_t keep)
{
	static uint8_t room[10000]; /* no multiple of anything */
	struct fault f = {0};
	size_t got = 1;
	enum err e = OK;
	while (e == OK && got > 0) {
		e = source_read(s, room, sizeof room, &got, &f);
		if (seen->bytes.n < keep) buf_add(&seen->bytes, slice_of(room, got));
	}
	if (e != OK) {
		seen->lost++;
		seen->fault = f;
	}
	seen->told += source_remark(s, &f);
}

static struct seen see(const char *path, const struct source_limits *limits)
{
	struct source_settings settings = {.named = true, .archives = true, .stop_fd = -1, .limits = limits};
	struct source *s = source_new(path, &settings);
	struct source_part p;
	struct seen seen = {0};
	while (source_next(s, &p)) {
		seen.parts++;
		buf_add(&seen.names, p.name);
		buf_add_byte(&seen.names, '\n');
		if (p.fault.kind == OK) {
			part_read(s, &seen, 1u << 20);
			continue;
		}
		seen.lost += p.lost;
		seen.told += !p.lost;
		seen.fault = p.fault;
	}
	source_close(s);
	buf_add_byte(&seen.names, 0);
	return seen;
}

static struct buf file_bytes(const char *name)
{
	struct buf b = {0};
	assert_true(data_read(name, &b));
	return b;
}

static struct seen see_bytes(slice bytes)
{
	char path[40];
	int fd = memfd_create("sample", 0);
	assert_true(fd >= 0);
	if (bytes.n > 0) assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct seen s = see(path, &ordinary);
	assert_int_equal(close(fd), 0);
	return s;
}

static void run(const char *command)
{
	if (system(command) != 0) fail_msg("cannot run: %s", command);
}

static int samples_make(void **state)
{
	(void)state;
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	char source[PATH_MAX];
	assert_non_null(getcwd(source, sizeof source)); /* tests run at the top of the tree */
	assert_int_equal(setenv("KULLA_SOURCE", source, 1), 0);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	run("i=0; while [ $i -lt 60 ]; do echo \"$i 10.0.0.$i node$i.evil.example.com\"; i=$((i + 1)); done >a.log");
	run("printf 'one\\ntwo\\nno newline at the end' >b.log; : >empty.log");
	for (size_t i = 0; i < SAMPLES; i++) run(samples[i].make);
	return 0;
}

static int samples_remove(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	char command[100];
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

static void all_kinds(void **state)
{
	(void)state;
	struct buf a = file_bytes("a.log"), b = file_bytes("b.log"), both = {0};
	buf_add(&both, buf_slice(&a));
	buf_add(&both, buf_slice(&b));
	for (size_t i = 0; i < SAMPLES; i++) {
		struct seen s = see(samples[i].name, &ordinary);
		if (s.lost > 0) fail_msg("%s: %s", samples[i].name, s.fault.text);
		size_t at = slice_find(buf_slice(&s.bytes), buf_slice(&a));
		if (s.bytes.n < a.n || at != 0) fail_msg("%s: %zu bytes", samples[i].name, s.bytes.n);
		bool two = strstr(samples[i].name, "tar") != NULL && samples[i].name[0] != 'g';
		if (two) assert_true(slice_equal(buf_slice(&s.bytes), buf_slice(&both)));
		seen_free(&s);
	}
	buf_free(&a);
	buf_free(&b);
	buf_free(&both);
}

static void names_of_members(void **state)
{
	(void)state;
	static const struct {
		const char *sample, *names;
	} want[] = {
		{"a.gz", "a.gz\n"},
		{"t.tar.zst", "t.tar.zst!a.log\nt.tar.zst!b.log\nt.tar.zst!empty.log\n"},
		{"z.7z", "z.7z!empty.log\nz.7z!a.log\nz.7z!b.log\n"},
		{"stored.rar", "stored.rar!a.log\nstored.rar!b.log\n"},
		{"stored.cab", "stored.cab!a.log\nstored.cab!b.log\n"},
		{"gz.tar", "gz.tar!a.gz\ngz.tar!a.xz\ngz.tar!a.bz2\n"},
		{"nested.zip",
			"nested.zip!t.tar.zst!a.log\nnested.zip!t.tar.zst!b.log\nnested.zip!t.tar.zst!empty.log\nnested.zip!z.zip!a.log\n"
			"nested.zip!z.zip!b.log\nnested.zip!z.zip!empty.log\nnested.zip!a.gz\n"},
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		struct seen s = see(want[i].sample, &ordinary);
		if (i != 2) assert_string_equal((char *)s.names.p, want[i].names);
		else assert_int_equal(strlen((char *)s.names.p), strlen(want[i].names)); /* 7z orders as it likes */
		seen_free(&s);
	}
}

/* Every place where a small sample can be cut: what is missing is told. */
static void cut_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct buf whole = file_bytes(samples[i].name);
		struct seen good = see(samples[i].name, &ordinary);
		size_t step = whole.n / 400 + 1;
		for (size_t n = 12; n < whole.n; n += step) {
			struct seen s = see_bytes(slice_sub(buf_slice(&whole), 0, n));
			bool same = slice_equal(buf_slice(&s.bytes), buf_slice(&good.bytes));
			bool beginning = samples[i].name[2] == 'c' && n < 110;                   /* digits of a cpio header are text */
			if (strstr(samples[i].name, "tar") != NULL && n < 512) beginning = true; /* a file's name is text */
			if (!same && s.lost + s.told == 0 && !beginning)
				fail_msg("%s cut at %zu of %zu: nothing told", samples[i].name, n, whole.n);
			seen_free(&s);
		}
		seen_free(&good);
		buf_free(&whole);
	}
}

/* A bit of the sample is changed: nobody crashes, and what carries checksums notices. */
static void changed_samples(void **state)
{
	(void)state;
	unsigned seed = SEED;
	print_message("seed %u\n", seed);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct buf whole = file_bytes(samples[i].name);
		struct seen good = see(samples[i].name, &ordinary);
		for (unsigned round = 0; round < 300; round++) {
			size_t at = (size_t)rand_r(&seed) % whole.n;
			uint8_t bit = (uint8_t)(1u << (rand_r(&seed) % 8));
			whole.p[at] ^= bit;
			struct seen s = see_bytes(buf_slice(&whole));
			bool same = slice_equal(buf_slice(&s.bytes), buf_slice(&good.bytes));
			if (samples[i].checked && at >= 6 && !same && s.lost + s.told == 0)
				fail_msg("%s bit %d of byte %zu: nothing told", samples[i].name, bit, at);
			whole.p[at] ^= bit;
			seen_free(&s);
		}
		seen_free(&good);
		buf_free(&whole);
	}
}

/* A damaged member of a zip: the ones behind are read. */
static void members_behind_damage(void **state)
{
	(void)state;
	run("zip -q damaged.zip a.log b.log");
	struct buf b = file_bytes("damaged.zip");
	for (size_t i = 60; i < 90; i++) b.p[i] ^= 0xff;
	struct seen s = see_bytes(buf_slice(&b));
	assert_int_equal(s.parts, 2);
	assert_int_equal(s.lost, 1);
	assert_true(slice_ends(buf_slice(&s.bytes), SLICE("no newline at the end")));
	seen_free(&s);
	buf_free(&b);
}

static void expect_limit(const char *name, const struct source_limits *limits, unsigned parts, const char *said)
{
	struct seen s = see(name, limits);
	if (s.lost == 0 || strstr(s.fault.text, said) == NULL) fail_msg("%s: %u lost, %s", name, s.lost, s.fault.text);
	if (s.parts != parts) fail_msg("%s: %u parts: %s", name, s.parts, (char *)s.names.p);
	assert_true(s.bytes.n <= limits->expansion_free + 2 * limits->expansion_archive + 100000);
	seen_free(&s);
}

static void bombs(void **state)
{
	(void)state;
	struct source_limits small = {.decoded_bytes = 1u << 30,
		.expansion_free = 1u << 20,
		.expansion_archive = 4u << 20,
		.expansion_ratio = 100,
		.members = 1000};
	run("head -c 20000000 /dev/zero >zeros; gzip -c zeros >bomb.gz; zstd -q -c zeros >bomb.zst; xz -c zeros >bomb.xz; bzip2 -c zeros "
	    ">bomb.bz2");
	expect_limit("bomb.gz", &small, 1, "EXPANSION_RATIO_MAX");
	expect_limit("bomb.zst", &small, 1, "EXPANSION_RATIO_MAX");
	expect_limit("bomb.xz", &small, 1, "EXPANSION_RATIO_MAX");
	expect_limit("bomb.bz2", &small, 1, "EXPANSION_RATIO_MAX");
	run("zip -q bomb.zip zeros b.log; tar cf bomb.tar bomb.gz b.log; 7z a -bd bomb.7z zeros b.log >/dev/null; zip -q inner.zip "
	    "bomb.tar b.log");
	struct seen s = see("bomb.zip", &small);
	assert_int_equal(s.lost, 1);
	assert_non_null(strstr((char *)s.names.p, "bomb.zip!b.log")); /* the rest goes on */
	seen_free(&s);
	s = see("bomb.tar", &small);
	assert_int_equal(s.lost, 1);
	assert_non_null(strstr((char *)s.names.p, "bomb.tar!b.log"));
	seen_free(&s);
	s = see("inner.zip", &small);
	assert_int_equal(s.lost, 1);
	assert_non_null(strstr((char *)s.names.p, "inner.zip!b.log"));
	seen_free(&s);
	s = see("bomb.7z", &small);
	assert_true(s.lost >= 1);
	seen_free(&s);
}

static void limits_named(void **state)
{
	(void)state;
	struct source_limits few = ordinary;
	few.members = 2;
	expect_limit("t.tar", &few, 3, "MEMBERS_MAX");
	struct source_limits narrow = ordinary;
	narrow.decoded_bytes = 100;
	expect_limit("a.gz", &narrow, 1, "DECODED_BYTES_MAX");
	run("cp a.log deep; i=0; while [ $i -lt 9 ]; do gzip -c deep >deep.gz; mv deep.gz deep; i=$((i + 1)); done; gzip -c deep >deep.gz");
	expect_limit("deep.gz", &ordinary, 1, "CONTAINER_DEPTH_MAX");
}

/* Many members: each is small enough, together they are a bomb. */
static void many_members_are_a_bomb(void **state)
{
	(void)state;
	struct source_limits small = {.decoded_bytes = 1u << 30,
		.expansion_free = 1u << 20,
		.expansion_archive = 4u << 20,
		.expansion_ratio = 10,
		.members = 1000};
	run("head -c 1000000 /dev/zero >m; mkdir -p many; i=0; while [ $i -lt 40 ]; do cp m many/$i; i=$((i + 1)); done; zip -q -r "
	    "many.zip many");
	struct seen s = see("many.zip", &small);
	assert_true(s.lost > 0);
	assert_non_null(strstr(s.fault.text, "EXPANSION_RATIO_MAX"));
	assert_true(s.parts < 20);
	seen_free(&s);
}

/* Archives in archives, none of them large by itself. */
static void nested_bombs(void **state)
{
	(void)state;
	struct source_limits small = {.decoded_bytes = 1u << 30,
		.expansion_free = 1u << 20,
		.expansion_archive = 4u << 20,
		.expansion_ratio = 100,
		.members = 1000};
	run("head -c 900000 /dev/zero >m; zip -q m0.zip m; i=1; while [ $i -lt 60 ]; do cp m0.zip m$i.zip; i=$((i + 1)); done; zip -q "
	    "mm.zip m?.zip m??.zip");
	struct seen s = see("mm.zip", &small);
	assert_true(s.lost > 0);
	assert_non_null(strstr(s.fault.text, "together"));
	assert_true(s.parts < 40);
	assert_true(slice_ends(slice_sub(buf_slice(&s.names), 0, s.names.n - 1), SLICE("mm.zip\n")));
	seen_free(&s);
}

static void hostile_names(void **state)
{
	(void)state;
	run("tar -P -cf names.tar --transform 's,^a.log,../../etc/passwd,;s,^b.log,/etc/shadow,' a.log b.log");
	struct seen s = see("names.tar", &ordinary);
	assert_string_equal((char *)s.names.p, "names.tar!../../etc/passwd\nnames.tar!/etc/shadow\n");
	assert_int_equal(s.lost, 0);
	seen_free(&s);
	run("n=$(printf 'x\\033[31mred\\ny\\342\\200\\256z'); cp a.log \"$n\"; tar -cf control.tar \"$n\"");
	s = see("control.tar", &ordinary);
	assert_string_equal((char *)s.names.p, "control.tar!x\\x1b[31mred\\x0ay\\xe2\\x80\\xaez\n");
	seen_free(&s);
	run("n=$(printf '%03000d' 0); tar --format=pax -cf long.tar --transform \"s,^b.log,$n,\" b.log");
	s = see("long.tar", &ordinary);
	assert_true(s.names.n < MEMBER_NAME_BYTES_MAX + 100);
	assert_int_equal(s.told, 1);
	seen_free(&s);
	run("tar cf twice.tar a.log a.log --hard-dereference; tar rf twice.tar a.log");
	s = see("twice.tar", &ordinary);
	assert_true(s.told >= 1);
	assert_int_equal(s.lost, 0);
	seen_free(&s);
}

static void links_are_not_followed(void **state)
{
	(void)state;
	run("mkdir -p l; cp b.log l; ln -sf /etc/passwd l/link; ln -f l/b.log l/hard; mkfifo l/pipe; tar cf l.tar l; zip -q -r -y l.zip l "
	    "-x l/pipe");
	struct seen s = see("l.tar", &ordinary);
	assert_int_equal(s.parts, 4);
	assert_int_equal(s.told, 3);
	assert_int_equal(s.lost, 0);
	assert_int_equal(s.bytes.n, 29);
	seen_free(&s);
	s = see("l.zip", &ordinary);
	assert_int_equal(s.told, 1);
	assert_int_equal(s.lost, 0);
	seen_free(&s);
}

static void archives_without_files(void **state)
{
	(void)state;
	run("mkdir -p nothing; tar cf nothing.tar nothing; zip -q -r nothing.zip nothing; tar cf both.tar nothing.zip b.log");
	static const char *const names[] = {"nothing.tar", "nothing.zip", "both.tar"};
	for (size_t i = 0; i < 3; i++) {
		struct seen s = see(names[i], &ordinary);
		assert_int_equal(s.lost, 0);
		assert_int_equal(s.told, 1);
		assert_int_equal(s.parts, i == 2 ? 2 : 1);
		seen_free(&s);
	}
}

static void encrypted_members(void **state)
{
	(void)state;
	run("zip -q -P secret e.zip a.log; zip -q e.zip b.log; 7z a -bd -psecret e.7z a.log >/dev/null; 7z a -bd -psecret -mhe=on h.7z "
	    "a.log >/dev/null");
	static const char *const names[] = {"e.zip", "e.7z", "h.7z"};
	for (size_t i = 0; i < 3; i++) {
		struct seen s = see(names[i], &ordinary);
		assert_int_equal(s.lost, 1);
		if (strstr(s.fault.text, "ncrypted") == NULL) fail_msg("%s: %s", names[i], s.fault.text);
		if (i == 0) assert_int_equal(s.bytes.n, 29); /* the member that is not encrypted is read */
		seen_free(&s);
	}
}

static void from_a_pipe(void **state)
{
	(void)state;
	static const char *const names[] = {"t.tar.zst", "z.zip", "nested.zip", "t.cpio", "a.xz", "z.7z"};
	for (size_t i = 0; i < 6; i++) {
		char command[100], path[40];
		snprintf(command, sizeof command, "cat %s", names[i]);
		FILE *p = popen(command, "r");
		assert_non_null(p);
		snprintf(path, sizeof path, "/dev/fd/%d", fileno(p));
		struct seen piped = see(path, &ordinary), file = see(names[i], &ordinary);
		if (i < 5) {
			assert_int_equal(piped.lost, 0);
			assert_true(slice_equal(buf_slice(&piped.bytes), buf_slice(&file.bytes)));
		} else {
			assert_int_equal(piped.lost, 1);
			assert_non_null(strstr(piped.fault.text, "from a pipe"));
		}
		(void)pclose(p);
		seen_free(&piped);
		seen_free(&file);
	}
}

/* Behind the last stream stands something else. */
static void bytes_behind(void **state)
{
	(void)state;
	static const char *const names[] = {"a.gz", "a.zst", "a.xz", "a.bz2", "a.lz4"};
	for (size_t i = 0; i < 5; i++) {
		struct buf b = file_bytes(names[i]);
		buf_add_text(&b, "garbage behind the stream");
		struct seen s = see_bytes(buf_slice(&b));
		if (s.lost != 1) fail_msg("%s: %u", names[i], s.lost);
		seen_free(&s);
		b.n -= 25;
		struct seen once = see_bytes(buf_slice(&b));
		struct buf one = file_bytes(names[i]);
		buf_add(&b, buf_slice(&one));
		buf_free(&one);
		s = see_bytes(buf_slice(&b));
		if (s.lost != 0 || s.bytes.n != 2 * once.bytes.n) fail_msg("%s twice: %zu of %zu", names[i], s.bytes.n, once.bytes.n);
		seen_free(&s);
		seen_free(&once);
		buf_free(&b);
	}
}

static void intelligence_is_no_archive(void **state)
{
	(void)state;
	struct source_settings settings = {.named = true, .stop_fd = -1};
	struct source *s;
	struct fault f = {0};
	assert_int_equal(source_open("z.zip", &settings, &s, &f), ERR_UNSUPPORTED);
	assert_int_equal(source_open("a.xz", &settings, &s, &f), OK);
	source_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(names_of_members),
		cmocka_unit_test(cut_samples),
		cmocka_unit_test(changed_samples),
		cmocka_unit_test(members_behind_damage),
		cmocka_unit_test(bombs),
		cmocka_unit_test(limits_named),
		cmocka_unit_test(many_members_are_a_bomb),
		cmocka_unit_test(nested_bombs),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(archives_without_files),
		cmocka_unit_test(encrypted_members),
		cmocka_unit_test(from_a_pipe),
		cmocka_unit_test(bytes_behind),
		cmocka_unit_test(intelligence_is_no_archive),
	};
	return cmocka_run_group_tests(tests, samples_make, samples_remove);
}
