/* Go's sumdb/tlog and sumdb/note (Debian's golang-golang-x-mod-dev) read what we write, and we read what they write. Skipped where Go is
 * not installed. */
#include "notes.h"
#include "../base/data.h"
#include "checkpoint.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEAVES 66000u /* three levels of tiles */
#define GO_PATH "/usr/share/gocode"

static void path_make(char path[4096])
{
	for (char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = 0;
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*p = '/';
	}
}

static void file_write(const char *folder, const char *name, slice bytes)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	path_make(path);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static int file_remove(const char *path, const struct stat *s, int kind, struct FTW *ftw)
{
	(void)s, (void)kind, (void)ftw;
	(void)chmod(path, 0700);
	return remove(path);
}

/* ---- ours ---- */

static slice entry_of(unsigned i, char text[64])
{
	(void)snprintf(text, 64, "{\"kind\":\"test\",\"n\":%u}", i);
	return slice_from(text);
}

static void tiles_write(const char *folder, const struct memory *m)
{
	struct tile_walk walk = {0};
	struct tile t;
	struct buf bundle = {0};
	char name[TILE_PATH_BYTES], text[64];

	while (tile_walk_next(&walk, 0, LEAVES, &t)) {
		slice bytes = slice_sub(buf_slice(&m->levels[t.level]), (size_t)t.n * TILE_BYTES, (size_t)t.width * DIGEST_BYTES);
		buf_clear(&bundle);
		for (unsigned i = 0; t.entries && i < t.width; i++)
			assert_int_equal(bundle_add(&bundle, entry_of((unsigned)t.n * TILE_WIDTH + i, text)), OK);
		file_write(folder, tile_path(&t, name), t.entries ? buf_slice(&bundle) : bytes);
	}
	buf_free(&bundle);
}

static void line_put(struct buf *b, const char *kind, uint64_t n, const struct proof *p, const digest hashes[2])
{
	char text[DIGEST_BASE64_BYTES + 1];

	buf_printf(b, "%s %llu %u", kind, (unsigned long long)n, LEAVES);
	for (unsigned i = 0; i < 2; i++) buf_printf(b, " %s", digest_base64(&hashes[i], text));
	for (unsigned i = 0; i < p->n; i++) buf_printf(b, " %s", digest_base64(&p->hashes[i], text));
	buf_add_byte(b, '\n');
}

static void proofs_write(const char *folder, struct memory *m)
{
	struct tile_cache *c = tile_cache_new(memory_source(m), 64);
	struct buf b = {0};
	struct proof p;
	struct frontier old;
	struct fault f = {0};
	digest hashes[2] = {{{0}}, frontier_root(&m->frontier)};

	for (uint64_t n = 0; n < LEAVES; n += 611) {
		OPENS(proof_inclusion(c, n, LEAVES, &p, &f), f);
		OPENS(proof_leaf(c, n, LEAVES, &hashes[0], &f), f);
		line_put(&b, "record", n, &p, hashes);
		OPENS(proof_consistency(c, n + 1, LEAVES, &p, &f), f);
		OPENS(proof_frontier(c, n + 1, &old, &f), f);
		hashes[0] = frontier_root(&old);
		line_put(&b, "tree", n + 1, &p, hashes);
	}
	file_write(folder, "proofs", buf_slice(&b));
	buf_free(&b);
	tile_cache_free(c);
}

static void ours_write(const char *folder)
{
	struct memory m = {0};
	struct tester log = tester_new("kulla.example/log", NOTE_ED25519, 1), ally = tester_new("ally.example", NOTE_COSIGNATURE, 2);
	struct buf b = {0}, text = {0};
	struct fault f = {0};
	char room[64];

	for (unsigned i = 0; i < LEAVES; i++) {
		digest leaf = tree_leaf(entry_of(i, room));
		memory_add(&m, &leaf);
	}
	tiles_write(folder, &m);
	proofs_write(folder, &m);
	struct checkpoint c = {.origin = SLICE("kulla.example/log"), .head = frontier_head(&m.frontier)};
	OPENS(checkpoint_sign(&b, &c, &log.signer, &f), f);
	checkpoint_put(&text, &c);
	OPENS(cosignature_sign(&b, buf_slice(&text), 1700000000, &ally.signer, &f), f); /* of a type that Go does not know: ignored */
	file_write(folder, "checkpoint", buf_slice(&b));
	buf_clear(&b);
	note_key_put(&b, &log.signer.key);
	file_write(folder, "vkey", buf_slice(&b));
	buf_free(&b);
	buf_free(&text);
	tester_free(&log);
	tester_free(&ally);
	memory_free(&m);
}

/* ---- theirs ---- */

struct folder {
	const char *path;
	struct buf bytes;
};

static slice file_read(struct folder *folder, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/%s", folder->path, name);
	if (!data_read(path, &folder->bytes)) fail_msg("%s is missing", path);
	return buf_slice(&folder->bytes);
}

static enum err tile_read(void *context, const struct tile *t, slice *bytes, struct fault *f)
{
	char name[TILE_PATH_BYTES];

	(void)f;
	*bytes = file_read(context, tile_path(t, name));
	return OK;
}

/* Every entry of their bundles has its proof, from their tiles. */
static void their_entries(struct folder *folder, const struct tree_head *head)
{
	struct folder bundles = {.path = folder->path};
	struct tile_cache *c = tile_cache_new((struct tile_source){folder, tile_read}, 8);
	slice entries[TILE_WIDTH];
	char name[TILE_PATH_BYTES];
	struct proof p;
	struct fault f = {0};

	for (uint64_t n = 0; tile_width(0, n, head->size) != 0; n++) {
		struct tile t = {.n = n, .width = (uint16_t)tile_width(0, n, head->size), .entries = true};
		OPENS(bundle_read(file_read(&bundles, tile_path(&t, name)), t.width, entries, &f), f);
		for (unsigned i = 0; i < t.width; i++) {
			digest leaf = tree_leaf(entries[i]);
			OPENS(proof_inclusion(c, n * TILE_WIDTH + i, head->size, &p, &f), f);
			OPENS(proof_check_inclusion(&p, n * TILE_WIDTH + i, &leaf, head, &f), f);
		}
	}
	tile_cache_free(c);
	buf_free(&bundles.bytes);
}

static void line_check(slice line)
{
	slice words[5 + PROOF_HASHES_MAX];
	unsigned n = 0;
	struct proof p = {0};
	struct tree_head old, head;
	struct fault f = {0};

	for (slice rest = line; rest.n > 0 && n < 5 + PROOF_HASHES_MAX;) words[n++] = slice_cut(&rest, ' ');
	assert_true(n >= 5 && text_get_decimal(words[1], &old.size) && text_get_decimal(words[2], &head.size));
	assert_true(digest_get_base64(words[3], &old.root) && digest_get_base64(words[4], &head.root));
	for (unsigned i = 5; i < n; i++) assert_true(digest_get_base64(words[i], &p.hashes[p.n++]));
	if (slice_equal(words[0], SLICE("record"))) OPENS(proof_check_inclusion(&p, old.size, &old.root, &head, &f), f);
	else OPENS(proof_check_consistency(&p, &old, &head, &f), f);
}

static void theirs_check(const char *path)
{
	struct folder folder = {.path = path};
	struct arena *a = arena_new(0);
	struct note_key key;
	struct checkpoint c;
	struct fault f = {0};
	unsigned lines = 0;

	OPENS(note_key_parse(arena_copy(a, file_read(&folder, "vkey")), a, &key, &f), f);
	OPENS(checkpoint_open(arena_copy(a, file_read(&folder, "checkpoint")), (struct note_keys){&key, 1}, a, NULL, &c, &f), f);
	assert_int_equal(c.head.size, 700);
	their_entries(&folder, &c.head);
	for (slice rest = file_read(&folder, "proofs"); rest.n > 0; lines++) line_check(slice_cut(&rest, '\n'));
	assert_int_equal(lines, 108);
	buf_free(&folder.bytes);
	arena_free(a);
}

/* ---- Go ---- */

static bool go_run(const char *folder)
{
	static const char DEBIAN[] = "/usr/lib/go/bin/go"; /* another Go may stand before it in PATH */
	char cache[4096];
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		(void)snprintf(cache, sizeof cache, "%s/cache", folder);
		(void)setenv("GOCACHE", cache, 1);
		(void)setenv("GO111MODULE", "off", 1);
		(void)setenv("GOPATH", GO_PATH, 1);
		(void)setenv("GOFLAGS", "", 1);
		(void)setenv("GOTOOLCHAIN", "local", 1);
		(void)unsetenv("GOROOT");
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		const char *go = access(DEBIAN, X_OK) == 0 ? DEBIAN : "go";
		(void)execlp(go, "go", "run", "test/ledger/go_peer.go", folder, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return false;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

static void both_ways(void **state)
{
	(void)state;
	char folder[] = "/tmp/kulla-go-XXXXXX", theirs[64];

	if (access(GO_PATH "/src/golang.org/x/mod/sumdb/tlog", R_OK) != 0) {
		print_message("SKIPPED: golang-golang-x-mod-dev is not installed\n");
		skip();
	}
	assert_non_null(mkdtemp(folder));
	ours_write(folder);
	bool ran = go_run(folder);
	if (ran) {
		(void)snprintf(theirs, sizeof theirs, "%s/theirs", folder);
		theirs_check(theirs);
	}
	assert_int_equal(nftw(folder, file_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	if (!ran) {
		print_message("SKIPPED: golang-go is not installed\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
