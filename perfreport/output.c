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

static bool begin_beside(struct output *output, struct failure *failure)
{
	mode_t mask = umask(0);

	umask(mask);
	if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
		output->temporary = NULL;
		return refuse(failure, output->path);
	}
	output->fd = mkstemp(output->temporary);
	if (output->fd < 0) {
		refuse(failure, output->path);
		free(output->temporary);
		return false;
	}
	if (fchmod(output->fd, 0666 & ~mask) != 0) {
		refuse(failure, output->path);
		return output_end(output, false, failure);
	}
	return true;
}

bool output_begin(struct output *output, const char *path, struct failure *failure)
{
	struct stat status;

	*output = (struct output){.path = path, .fd = STDOUT_FILENO};
	if (strcmp(path, "-") == 0) {
		output->path = "standard output";
		return true;
	}
	if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
		return begin_beside(output, failure);
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return refuse(failure, path);
	}
	output->fd = open(path, O_WRONLY | O_CLOEXEC);
	return output->fd >= 0 || refuse(failure, path);
}

bool output_add(struct output *output, const struct text *text, struct failure *failure)
{
	return write_all(output->fd, text) || refuse(failure, output->path);
}

bool output_end(struct output *output, bool good, struct failure *failure)
{
	if (output->fd != STDOUT_FILENO && close(output->fd) != 0 && good)
		good = refuse(failure, output->path);
	if (output->temporary != NULL) {
		if (good && rename(output->temporary, output->path) != 0)
			good = refuse(failure, output->path);
		if (!good)
			unlink(output->temporary);
		free(output->temporary);
	}
	return good;
}

bool output_write(const char *path, const struct text *text, struct failure *failure)
{
	struct output output;

	return output_begin(&output, path, failure) &&
	       output_end(&output, output_add(&output, text, failure), failure);
}
