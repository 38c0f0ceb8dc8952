/* A ledger's files in memory, for tests that change them byte by byte. */
#ifndef TEST_LEDGER_MEMORY_STORAGE_H
#define TEST_LEDGER_MEMORY_STORAGE_H
#include "../base/cmocka_all.h"
#include "storage.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMORY_FILES_MAX 4096

struct memory_file {
	char name[96];
	struct buf bytes;
};
struct memory_files {
	struct storage table;
	struct memory_file files[MEMORY_FILES_MAX];
	unsigned n;
};

static inline struct memory_file *memory_find(struct memory_files *m, const char *name)
{
	for (unsigned i = 0; i < m->n; i++)
		if (strcmp(m->files[i].name, name) == 0) return &m->files[i];
	return NULL;
}

static inline enum err memory_get(void *context, const char *name, size_t bytes_max, struct buf *out, struct fault *f)
{
	const struct memory_file *file = memory_find(context, name);
	if (file == NULL) return fault_set(f, ERR_NOT_FOUND, 0, 0, "%s: is not there", name);
	if (file->bytes.n > bytes_max) return fault_set(f, ERR_LIMIT, 0, 0, "%s: is too long", name);
	buf_add(out, buf_slice(&file->bytes));
	return OK;
}

static inline struct memory_file *memory_make(struct memory_files *m, const char *name)
{
	struct memory_file *file = memory_find(m, name);
	if (file != NULL) return file;
	assert_true(m->n < MEMORY_FILES_MAX);
	file = &m->files[m->n++];
	*file = (struct memory_file){0};
	snprintf(file->name, sizeof file->name, "%s", name);
	return file;
}

static inline void memory_set(struct memory_files *m, const char *name, slice bytes)
{
	struct memory_file *file = memory_make(m, name);
	buf_clear(&file->bytes);
	buf_add(&file->bytes, bytes);
}

static inline enum err memory_put(void *context, const char *name, slice bytes, struct fault *f)
{
	const struct memory_file *file = memory_find(context, name);
	if (file != NULL && !slice_equal(buf_slice(&file->bytes), bytes)) return fault_set(f, ERR_EXISTS, 0, 0, "%s", name);
	memory_set(context, name, bytes);
	return OK;
}

static inline enum err memory_swap(void *context, const char *name, const slice *before, slice after, struct fault *f)
{
	const struct memory_file *file = memory_find(context, name);
	if ((file == NULL) != (before == NULL)) return fault_set(f, ERR_CHANGED, 0, 0, "%s", name);
	if (before != NULL && !slice_equal(buf_slice(&file->bytes), *before)) return fault_set(f, ERR_CHANGED, 0, 0, "%s", name);
	memory_set(context, name, after);
	return OK;
}

static inline enum err memory_sync(void *context, struct fault *f)
{
	(void)context;
	(void)f;
	return OK;
}

static inline enum err memory_append(void *context, const char *name, slice bytes, struct fault *f)
{
	(void)f;
	buf_add(&memory_make(context, name)->bytes, bytes);
	return OK;
}

static inline enum err memory_drop(void *context, const char *name, struct fault *f)
{
	struct memory_files *m = context;
	struct memory_file *file = memory_find(m, name);
	(void)f;
	if (file == NULL) return OK;
	buf_free(&file->bytes);
	*file = m->files[--m->n];
	return OK;
}

static inline enum err memory_list(void *context, const char *folder, storage_name *each, void *each_context, struct fault *f)
{
	struct memory_files *m = context;
	char seen[600][64];
	unsigned seen_n = 0;
	size_t n = strcmp(folder, ".") == 0 ? 0 : strlen(folder);
	(void)f;
	for (unsigned i = 0; i < m->n; i++) {
		const char *rest = m->files[i].name;
		if (n > 0 && (strncmp(rest, folder, n) != 0 || rest[n] != '/')) continue;
		rest += n > 0 ? n + 1 : 0;
		size_t length = strcspn(rest, "/");
		unsigned k = 0;
		while (k < seen_n && (strncmp(seen[k], rest, length) != 0 || seen[k][length] != 0)) k++;
		if (k < seen_n) continue;
		assert_true(seen_n < 600 && length < sizeof seen[0]);
		memcpy(seen[seen_n], rest, length);
		seen[seen_n++][length] = 0;
	}
	for (unsigned i = 0; i < seen_n; i++) {
		enum err e = each(each_context, slice_from(seen[i]));
		if (e != OK) return e;
	}
	return OK;
}

static inline struct memory_files *memory_files_new(void)
{
	struct memory_files *m = calloc(1, sizeof *m);
	m->table = (struct storage){m, memory_get, memory_put, memory_swap, memory_sync, memory_append, memory_drop, memory_list};
	return m;
}

static inline void memory_files_free(struct memory_files *m)
{
	for (unsigned i = 0; i < m->n; i++) buf_free(&m->files[i].bytes);
	free(m);
}
#endif
