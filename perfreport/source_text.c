/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "source_text.h"

#define SIZE_MOST (32 << 20) /* of a file */

struct file {
	char *path; /* as asked for */
	char *bytes;
	size_t *starts; /* of its lines, and the end */
	size_t nr_lines, capacity;
};

struct source_text {
	const struct search *search;
	struct file *files;
	size_t nr, capacity;
	size_t last; /* asked for */
};

struct source_text *source_text_new(const struct search *search)
{
	struct source_text *source = must_calloc(1, sizeof *source);

	source->search = search;
	return source;
}

void source_text_free(struct source_text *source)
{
	for (size_t i = 0; i < source->nr; i++) {
		free(source->files[i].path);
		free(source->files[i].bytes);
		free(source->files[i].starts);
	}
	free(source->files);
	free(source);
}

/* All of a regular file; what debug information names may be anything. */
static char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *bytes = NULL;
	ssize_t n;

	*size = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= SIZE_MOST) {
		bytes = must_calloc(status.st_size + 1, 1);
		while (*size < (size_t)status.st_size &&
		       (n = read(fd, bytes + *size, status.st_size - *size)) > 0)
			*size += n;
	}
	close(fd);
	return bytes;
}

static char *read_member(const struct bundle *bundle, const char *path, size_t *size)
{
	const void *bytes = bundle_find(bundle, path, size);

	return bytes ? must_copy(bytes, *size) : NULL;
}

static void read_lines(struct source_text *source, struct file *file)
{
	size_t size, begin = 0;
	char *path;

	if (asprintf(&path, "%s%s", source->search->root, file->path) < 0)
		abort();
	if (source->search->bundle != NULL)
		file->bytes = read_member(source->search->bundle, path, &size);
	else if ((file->bytes = read_file(path, &size)) != NULL)
		search_note(source->search, SEARCH_ROOT, path, OPENED_WHOLE);
	free(path);
	for (size_t i = 0; file->bytes != NULL && i <= size; i++) {
		if (i < size ? file->bytes[i] != '\n' : begin == size)
			continue;
		file->starts = must_grow(file->starts, &file->capacity, file->nr_lines + 2,
					 sizeof *file->starts);
		file->starts[file->nr_lines++] = begin;
		begin = i + 1;
		file->starts[file->nr_lines] = begin;
	}
}

static const struct file *get(struct source_text *source, const char *path)
{
	struct file *file;

	if (source->nr && strcmp(source->files[source->last].path, path) == 0)
		return &source->files[source->last];
	for (source->last = 0; source->last < source->nr; source->last++)
		if (strcmp(source->files[source->last].path, path) == 0)
			return &source->files[source->last];
	source->files =
	    must_grow(source->files, &source->capacity, source->nr + 1, sizeof *source->files);
	file = &source->files[source->nr++];
	*file = (struct file){.path = must_copy(path, strlen(path))};
	read_lines(source, file);
	return file;
}

bool source_text_line(struct source_text *source, const char *path, size_t line, struct text *text)
{
	const struct file *file = get(source, path);

	if (line == 0 || line > file->nr_lines)
		return false;
	for (size_t i = file->starts[line - 1]; i + 1 < file->starts[line]; i++) {
		unsigned char byte = file->bytes[i];

		if (byte == '\t')
			text_add(text, "        ");
		else if (byte >= ' ' && byte != 0x7f)
			text_add_bytes(text, &file->bytes[i], 1);
		else if (byte != '\r')
			text_add(text, "?");
	}
	return true;
}
