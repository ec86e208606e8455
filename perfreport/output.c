/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static bool write_all(int fd, const struct text *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t n = write(fd, text->bytes + done, text->length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += n;
	}
	return true;
}

static bool refuse(struct failure *failure, const char *path)
{
	failure_set(failure, EXIT_OUTPUT, "%s: cannot write: %s", path, strerror(errno));
	return false;
}

static bool write_in_place(const char *path, const struct text *text, struct failure *failure)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return refuse(failure, path);
	good = write_all(fd, text) || refuse(failure, path);
	if (close(fd) != 0 && good)
		good = refuse(failure, path);
	return good;
}

static bool write_and_rename(const char *path, const struct text *text, struct failure *failure)
{
	mode_t mask = umask(0);
	char *temporary;
	bool good;
	int fd;

	umask(mask);
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return refuse(failure, path);
	fd = mkstemp(temporary);
	if (fd < 0) {
		refuse(failure, path);
		free(temporary);
		return false;
	}
	good = fchmod(fd, 0666 & ~mask) == 0 && write_all(fd, text);
	if (!good)
		refuse(failure, path);
	if (close(fd) != 0 && good)
		good = refuse(failure, path);
	if (good && rename(temporary, path) != 0)
		good = refuse(failure, path);
	if (!good)
		unlink(temporary);
	free(temporary);
	return good;
}

bool output_write(const char *path, const struct text *text, struct failure *failure)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return write_all(STDOUT_FILENO, text) || refuse(failure, "standard output");
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		if (S_ISDIR(status.st_mode))
			errno = EISDIR;
		else
			return write_in_place(path, text, failure);
		return refuse(failure, path);
	}
	return write_and_rename(path, text, failure);
}
