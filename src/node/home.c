/* A node's home. */
#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home_int.h"
#include "limit.h"
#include "text.h"

#define HOST_BYTES 128
#define KEY_PREFIX "PRIVATE+KEY+"
#define KEY_FILE_BYTES_MAX 4096u
#define HOME_NAME_BYTES 64 /* of a file that this makes */
#define BESIDE ".new"

static enum err home_error(const char *path, const char *name, const char *what, struct fault *f)
{
	char why[64];
	enum err kind = errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES || errno == EPERM || errno == EROFS ? ERR_ACCESS : ERR_DISK;
	if (errno == EEXIST) kind = ERR_EXISTS;
	return fault_set(f, kind, 0, 0, "%s%s%s: %s: %s", path, *name != 0 ? "/" : "", name, what, strerror_r(errno, why, sizeof why));
}

/* ---- keys ---- */

/* Only the owner, and the owner is who runs this. */
static enum err check_private(const struct home *h, const char *name, const struct stat *st, mode_t expected, struct fault *f)
{
	if (st->st_uid != geteuid())
		return fault_set(f, ERR_ACCESS, 0, 0, "%s/%s: belongs to user %u, this is user %u", h->path, name, (unsigned)st->st_uid,
			(unsigned)geteuid());
	if ((st->st_mode & 077) == 0) return OK;
	return fault_set(f, ERR_ACCESS, 0, 0,
		"%s/%s: others can reach it (mode %04o, expected %04o): chmod %o it, and make a new key if it was readable", h->path, name,
		(unsigned)st->st_mode & 07777, (unsigned)expected, (unsigned)expected);
}

static enum err read_small(const struct home *h, const char *name, bool private, struct buf *out, struct fault *f)
{
	struct stat st;
	int fd = openat(h->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return home_error(h->path, name, "cannot be opened", f);
	enum err e = fstat(fd, &st) != 0 ? home_error(h->path, name, "cannot be read", f) : OK;
	if (e == OK && private) e = check_private(h, name, &st, 0600, f);
	for (ssize_t n = 1; e == OK && n > 0;) {
		(void)buf_reserve(out, KEY_FILE_BYTES_MAX);
		n = read(fd, out->p + out->n, KEY_FILE_BYTES_MAX);
		if (n < 0) e = home_error(h->path, name, "cannot be read", f);
		else out->n += (size_t)n;
		if (out->n > CONFIGURATION_BYTES_MAX) e = fault_set(f, ERR_LIMIT, 0, 0, "CONFIGURATION_BYTES_MAX: %s/%s", h->path, name);
	}
	close(fd);
	return e;
}

/* "PRIVATE+KEY+name+id+base64(algorithm || seed)\n": as Go's sumdb/note writes a signer. The file's algorithm byte is that of Ed25519;
 * which signatures the key makes is the caller's matter. */
static enum err parse_key(struct home *h, slice text, const char *name, uint8_t algorithm, struct home_key *out, struct fault *f)
{
	uint8_t secret[1 + ED25519_SEED_BYTES];
	size_t n = 0;
	slice rest = slice_trim(text);
	bool fine = slice_starts(rest, SLICE(KEY_PREFIX));
	rest = slice_sub(rest, sizeof KEY_PREFIX - 1, rest.n);
	slice key_name = arena_copy(h->arena, slice_cut(&rest, '+'));
	(void)slice_cut(&rest, '+');
	fine = fine && text_get_base64_into(rest, secret, sizeof secret, &n) && n == sizeof secret && secret[0] == NOTE_ED25519;
	enum err e = fine ? ed25519_key_new(secret + 1, &out->key, f)
			  : fault_set(f, ERR_SYNTAX, 0, 0, "%s/%s: is no private key (expected PRIVATE+KEY+name+id+base64)", h->path, name);
	ed25519_wipe(secret, sizeof secret);
	if (e == OK) e = note_signer_make(key_name, algorithm, out->key, &out->signer, f);
	return e;
}

/* A folder of ours: what stands in it was not put there, nor taken out, by anybody else. */
static enum err check_folder(const struct home *h, const char *name, struct fault *f)
{
	struct stat st;
	if (fstatat(h->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return home_error(h->path, name, "cannot be looked at", f);
	if (S_ISDIR(st.st_mode)) return check_private(h, name, &st, 0700, f);
	return fault_set(f, ERR_ACCESS, 0, 0, "%s/%s: is no folder of its own (a link?)", h->path, name);
}

enum err home_key_load(struct home *h, const char *name, uint8_t algorithm, struct home_key *out, struct fault *f)
{
	struct buf text = {0};
	struct home_key key = {0};
	enum err e = check_folder(h, "keys", f);
	if (e == OK) e = read_small(h, name, true, &text, f);
	if (e == OK) e = parse_key(h, buf_slice(&text), name, algorithm, &key, f);
	if (text.p != NULL) ed25519_wipe(text.p, text.room);
	buf_free(&text);
	if (e == OK) *out = key;
	else home_key_free(&key);
	return e;
}

void home_key_free(struct home_key *k)
{
	ed25519_key_free(k->key);
	*k = (struct home_key){0};
}

enum err home_sync_folder_of(const struct home *h, const char *name, struct fault *f)
{
	char folder[HOME_NAME_BYTES] = ".";
	const char *slash = strrchr(name, '/');
	if (slash != NULL) snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
	int fd = openat(h->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = fd < 0 || fsync(fd) != 0 ? home_error(h->path, name, "its folder cannot be synced", f) : OK;
	if (fd >= 0) close(fd);
	return e;
}

/* Beside its place, then renamed: a crash leaves the whole file or none. Only one process writes in a home: it made it, or has the lock. */
static enum err write_new(const struct home *h, const char *name, slice bytes, struct fault *f)
{
	char beside[HOME_NAME_BYTES];
	if (faccessat(h->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return home_error(h->path, name, "cannot be made", f);
	}
	snprintf(beside, sizeof beside, "%s" BESIDE, name);
	(void)unlinkat(h->fd, beside, 0); /* of a crash */
	int fd = openat(h->fd, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return home_error(h->path, name, "cannot be made", f);
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n <= 0) break;
		bytes = slice_sub(bytes, (size_t)n, bytes.n);
	}
	enum err e = bytes.n > 0 || fsync(fd) != 0 ? home_error(h->path, name, "cannot be written", f) : OK;
	close(fd);
	if (e == OK && renameat(h->fd, beside, h->fd, name) != 0) e = home_error(h->path, name, "cannot be made", f);
	if (e != OK) {
		(void)unlinkat(h->fd, beside, 0);
		return e;
	}
	e = home_sync_folder_of(h, name, f);
	if (e != OK) (void)unlinkat(h->fd, name, 0);
	return e;
}

enum err home_key_make(struct home *h, const char *name, slice key_name, struct fault *f)
{
	uint8_t secret[1 + ED25519_SEED_BYTES] = {NOTE_ED25519};
	struct ed25519_key *key = NULL;
	struct note_key public;
	struct buf text = {0};
	if (getrandom(secret + 1, ED25519_SEED_BYTES, 0) != ED25519_SEED_BYTES) return home_error(h->path, name, "no randomness", f);
	enum err e = ed25519_key_new(secret + 1, &key, f);
	if (e == OK) e = note_key_make(key_name, NOTE_ED25519, ed25519_public(key), &public, f);
	if (e == OK) {
		(void)buf_reserve(&text, KEY_FILE_BYTES_MAX); /* does not move, so that one wipe is enough */
		buf_printf(&text, KEY_PREFIX "%.*s+%08x+", SLICE_PRINTF(key_name), (unsigned)public.id);
		text_put_base64(&text, slice_of(secret, sizeof secret));
		buf_add_byte(&text, '\n');
		e = write_new(h, name, buf_slice(&text), f);
		ed25519_wipe(text.p, text.room);
	}
	ed25519_wipe(secret, sizeof secret);
	ed25519_key_free(key);
	buf_free(&text);
	return e;
}

/* ---- opening ---- */
enum err home_open(const char *path, struct home **out, struct fault *f)
{
	struct stat st;
	struct home *h = mem_alloc(sizeof *h);
	struct buf text = {0};
	enum err e = OK;
	h->arena = arena_new(0);
	h->path = (const char *)arena_copy(h->arena, slice_from(path)).p;
	h->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->fd < 0) e = home_error(path, "", "cannot be opened", f);
	else if (fstat(h->fd, &st) != 0) e = home_error(path, "", "cannot be read", f);
	else if ((st.st_mode & 022) != 0)
		e = fault_set(
			f, ERR_ACCESS, 0, 0, "%s: others can write to it (mode %04o, expected 0700)", path, (unsigned)st.st_mode & 07777);
	if (e == OK) e = read_small(h, HOME_CONFIGURATION, false, &text, f);
	if (e == ERR_NOT_FOUND && h->fd >= 0)
		e = fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: is no home (no " HOME_CONFIGURATION " in it); `kulla init` makes one", path);
	if (e == OK) e = settings_parse(h->arena, buf_slice(&text), h->path, &h->settings, f);
	buf_free(&text);
	if (e != OK) home_close(h);
	else *out = h;
	return e;
}

void home_close(struct home *h)
{
	if (h == NULL) return;
	if (h->fd >= 0) close(h->fd);
	arena_free(h->arena);
	free(h);
}

enum err home_storage(const struct home *h, struct storage_folder **out, struct fault *f)
{
	slice path = arena_printf(h->arena, "%s/ledger", h->path);
	return storage_folder_open((const char *)path.p, NULL, out, f);
}

enum err home_genesis(struct home *h, struct home_genesis *out, struct fault *f)
{
	struct storage_folder *folder = NULL;
	struct buf note = {0};
	struct note parsed;
	struct checkpoint c;
	struct entry entry;
	slice bytes;
	struct ledger_reader *r = NULL;
	enum err e = home_storage(h, &folder, f);
	if (e == OK) e = ledger_read_checkpoint(storage_of_folder(folder), &note, f);
	if (e == OK) e = note_parse(buf_slice(&note), h->arena, &parsed, f);
	if (e == OK) e = checkpoint_parse(parsed.text, &c, f);
	if (e == OK) {
		r = ledger_reader_new(storage_of_folder(folder));
		e = ledger_read_entry(r, 0, c.head.size, &bytes, f);
	}
	if (e == OK) e = entry_parse(arena_copy(h->arena, bytes), &entry, f);
	bool found = e == OK && slice_equal(entry.kind, SLICE("home")) && entry_field_text(&entry, "origin", &out->origin) &&
		     entry_field_text(&entry, "vkey", &out->vkey) && entry_field_bool(&entry, "exercise", &out->exercise);
	if (e == OK && !found) e = fault_set(f, ERR_DAMAGED, 0, 0, "%s/ledger: the first entry does not say whose ledger this is", h->path);
	ledger_reader_free(r);
	storage_folder_free(folder);
	buf_free(&note);
	return e;
}

/* ---- making ---- */
static enum err check_empty(const struct home *h, struct fault *f)
{
	int fd = openat(h->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	enum err e = d == NULL ? home_error(h->path, "", "cannot be listed", f) : OK;
	for (const struct dirent *n = d != NULL ? readdir(d) : NULL; n != NULL && e == OK; n = readdir(d))
		if (strcmp(n->d_name, ".") != 0 && strcmp(n->d_name, "..") != 0)
			e = fault_set(f, ERR_EXISTS, 0, 0, "%s: is not empty (%.80s is in it)", h->path, n->d_name);
	if (d != NULL) closedir(d);
	return e;
}

static slice default_origin(struct arena *a)
{
	char host[HOST_BYTES] = "node";
	uint8_t chance[4] = {0};
	(void)gethostname(host, sizeof host - 1);
	(void)!getrandom(chance, sizeof chance, 0);
	slice origin = arena_printf(a, "%s/kulla/%02x%02x%02x%02x", host, chance[0], chance[1], chance[2], chance[3]);
	return note_name_valid(origin) ? origin
				       : arena_printf(a, "node/kulla/%02x%02x%02x%02x", chance[0], chance[1], chance[2], chance[3]);
}

static enum err first_entry(struct home *h, const struct home_birth *birth, const struct home_key *key, struct buf *vkey, struct fault *f)
{
	struct storage_folder *folder = NULL;
	struct ledger_log *log = NULL;
	struct ledger_recovery recovery;
	struct buf body = {0}, entry = {0};
	uint64_t first;
	size_t before = vkey->n;
	slice actor = arena_printf(h->arena, "unix:%u", birth->uid);
	note_key_put(vkey, &key->signer.key);
	struct canonical_writer w = canonical_open(&body);
	canonical_put_bool(&w, "exercise", birth->exercise);
	canonical_put_count(&w, "format", 1);
	canonical_put_text(&w, "origin", key->signer.key.name);
	canonical_put_text(&w, "version", SLICE("0.1"));
	canonical_put_text(&w, "vkey", slice_sub(buf_slice(vkey), before, vkey->n));
	canonical_close(&w);
	struct entry_draft draft = {.actor = actor, .kind = SLICE("home"), .body = buf_slice(&body), .time = birth->now};
	enum err e = entry_compose(&entry, &draft, f);
	slice bytes = buf_slice(&entry);
	if (e == OK) e = home_storage(h, &folder, f);
	if (e == OK) e = ledger_log_create(storage_of_folder(folder), &key->signer, f);
	if (e == OK) e = ledger_log_open(storage_of_folder(folder), &key->signer, NULL, &log, &recovery, f);
	if (e == OK) e = ledger_log_append(log, &bytes, 1, &first, f);
	if (e == OK) e = ledger_log_publish_now(log, f);
	if (e == OK) ledger_log_forget_requests(log);
	ledger_log_free(log);
	storage_folder_free(folder);
	buf_free(&body);
	buf_free(&entry);
	return e;
}

static enum err make_all(struct home *h, const struct home_birth *birth, struct buf *vkey, struct fault *f)
{
	static const char *const folders[] = {"keys", "ledger", "blobs", "witness"};
	struct home_key key = {0};
	struct buf conf = {0};
	slice origin = birth->origin.n > 0 ? birth->origin : default_origin(h->arena);
	if (!note_name_valid(origin))
		return fault_set(f, ERR_SYNTAX, 0, 0,
			"origin \"%.*s\": a name without spaces, '+' and control characters is expected, such as \"cert.example/kulla\"",
			(int)(origin.n < 100 ? origin.n : 100), (const char *)origin.p);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (mkdirat(h->fd, folders[i], 0700) != 0) return home_error(h->path, folders[i], "cannot be made", f);
	enum err e = home_key_make(h, HOME_KEY_LEDGER, origin, f);
	if (e == OK) e = home_key_make(h, HOME_KEY_WITNESS, origin, f);
	if (e == OK) e = home_key_load(h, HOME_KEY_LEDGER, NOTE_ED25519, &key, f);
	if (e == OK) e = first_entry(h, birth, &key, vkey, f);
	settings_print(&conf, origin);
	if (e == OK) e = write_new(h, HOME_CONFIGURATION, buf_slice(&conf), f); /* last: with it the folder is a home */
	buf_free(&conf);
	home_key_free(&key);
	return e;
}

/* Everything below a folder of our own making. Depth is bounded by what was made. */
static void take_back(int folder, const char *name, unsigned depth)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 || depth == 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		if (fd >= 0) close(fd);
		return;
	}
	for (const struct dirent *n = readdir(d); n != NULL; n = readdir(d)) {
		if (strcmp(n->d_name, ".") == 0 || strcmp(n->d_name, "..") == 0) continue;
		if (n->d_type == DT_DIR) {
			take_back(fd, n->d_name, depth - 1);
			(void)unlinkat(fd, n->d_name, AT_REMOVEDIR);
		} else (void)unlinkat(fd, n->d_name, 0);
	}
	closedir(d);
}

enum err home_init(const struct home_birth *birth, struct buf *vkey, struct fault *f)
{
	struct home h = {.path = birth->path, .fd = -1, .arena = arena_new(0)};
	bool made = mkdir(birth->path, 0700) == 0;
	enum err e = !made && errno != EEXIST ? home_error(birth->path, "", "cannot be made", f) : OK;
	if (e == OK) h.fd = open(birth->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e == OK && h.fd < 0) e = home_error(birth->path, "", "cannot be opened", f);
	if (e == OK) e = check_empty(&h, f);
	bool ours = e == OK;
	size_t before = vkey->n;
	if (ours && !made && fchmod(h.fd, 0700) != 0) e = home_error(birth->path, "", "its mode cannot be set", f);
	if (e == OK) e = make_all(&h, birth, vkey, f);
	if (e != OK && ours) take_back(h.fd, ".", 6);
	if (e != OK && made) (void)rmdir(birth->path);
	if (e != OK) vkey->n = before;
	if (h.fd >= 0) close(h.fd);
	arena_free(h.arena);
	return e;
}
