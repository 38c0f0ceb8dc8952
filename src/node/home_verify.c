/* Verification of a home or of a copy. */
#include "home_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "text.h"

static enum err get_blob(void *context, const digest *name, struct buf *out, struct fault *f)
{
	struct home_files *h = context;
	return out != NULL ? blob_get(h->store, name, out, f) : blob_verify(h->store, name, NULL, f);
}

/* A store makes its folder when it is missing: here nothing is made. */
static enum err open_blobs(int home, struct home_files *h, struct fault *f)
{
	if (faccessat(home, "blobs", R_OK | X_OK, AT_SYMLINK_NOFOLLOW) != 0) return OK;
	return blob_store_open(home, NULL, &h->store, f);
}

static enum err open_ledger(const char *path, bool whole, struct home_files *h, struct fault *f)
{
	struct buf name = {0};
	buf_printf(&name, "%s%s", path, whole ? "/ledger" : "");
	buf_add_byte(&name, 0);
	enum err e = storage_folder_open((const char *)name.p, NULL, &h->ledger, f);
	buf_free(&name);
	return e;
}

enum err home_files_open(const char *path, struct home_files *out, struct fault *f)
{
	struct home_files h = {0};
	char why[64];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fault_set(f,
			errno == ENOENT   ? ERR_NOT_FOUND
			: errno == EACCES ? ERR_ACCESS
					  : ERR_DISK,
			0, 0, "%s: cannot be opened: %s", path, strerror_r(errno, why, sizeof why));
	bool whole = faccessat(fd, "ledger", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	enum err e = open_ledger(path, whole, &h, f);
	if (e == OK && whole) e = open_blobs(fd, &h, f);
	close(fd);
	if (e != OK) home_files_close(&h);
	else *out = h;
	return e;
}

void home_files_close(struct home_files *h)
{
	storage_folder_free(h->ledger);
	blob_store_close(h->store);
	*h = (struct home_files){0};
}

void home_files_request(struct home_files *h, struct verify_request *r)
{
	h->blobs = (struct verify_blobs){h, get_blob};
	r->storage = storage_of_folder(h->ledger);
	r->blobs = h->store != NULL ? &h->blobs : NULL;
}

enum err home_head_parse(slice text, struct arena *a, struct tree_head *head, slice *origin, struct fault *f)
{
	struct note note;
	struct checkpoint c;
	slice rest = slice_trim(text), size = slice_cut(&rest, ' ');
	struct tree_head found;
	*origin = (slice){0};
	if (text_get_decimal(size, &found.size) && found.size <= TREE_SIZE_MAX && digest_get_base64(slice_trim(rest), &found.root)) {
		*head = found;
		return OK;
	}
	enum err e = note_parse(text, a, &note, f);
	if (e == OK) e = checkpoint_parse(note.text, &c, f);
	if (e != OK) return e;
	*head = c.head;
	*origin = c.origin;
	return OK;
}
