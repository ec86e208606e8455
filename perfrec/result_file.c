/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a result. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_codes.h"
#include "result_file.h"

static int cannot_write(const struct result_file *file, int error)
{
	return fail(EXIT_OUTPUT, "cannot write %s: %s", file->path ? file->path : "the result",
		    strerror(error));
}

int result_file_create(struct result_file *file, const char *path, int stream)
{
	struct stat status;
	mode_t mask;

	*file = (struct result_file){.path = path, .fd = stream};
	if (!path)
		return EXIT_GOOD;
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		/* A device or FIFO cannot be renamed over. */
		file->fd = open(path, O_WRONLY | O_CLOEXEC);
		return file->fd < 0 ? cannot_write(file, errno) : EXIT_GOOD;
	}
	if (asprintf(&file->temporary, "%s.XXXXXX", path) < 0) {
		file->temporary = NULL;
		file->fd = -1;
		return fail(EXIT_HOST, "out of memory");
	}
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd < 0) {
		int error = errno;

		free(file->temporary);
		file->temporary = NULL;
		return cannot_write(file, error);
	}
	mask = umask(0);
	umask(mask);
	fchmod(file->fd, 0666 & ~mask);
	return EXIT_GOOD;
}

int result_file_finish(struct result_file *file, const struct text *text)
{
	const char *at = text->bytes;
	size_t left = text->size;

	if (text->failed)
		return fail(EXIT_HOST, "out of memory");
	while (left) {
		ssize_t wrote = write(file->fd, at, left);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return cannot_write(file, errno);
		at += wrote;
		left -= wrote;
	}
	if (file->temporary && rename(file->temporary, file->path))
		return cannot_write(file, errno);
	free(file->temporary);
	file->temporary = NULL;
	return EXIT_GOOD;
}

void result_file_close(struct result_file *file)
{
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	file->temporary = NULL;
	if (file->path && file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
