/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "input.h"

static bool read_all(struct input *input, int fd)
{
	size_t capacity = 0;

	for (;;) {
		ssize_t n;

		input->bytes = must_grow(input->bytes, &capacity, input->size + 65536, 1);
		n = read(fd, (char *)input->bytes + input->size, capacity - input->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			return true;
		input->size += n;
	}
}

static bool take(struct input *input, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return false;
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return false;
	}
	if (!S_ISREG(status.st_mode) || status.st_size == 0)
		return read_all(input, fd);
	input->size = status.st_size;
	input->bytes = mmap(NULL, input->size, PROT_READ, MAP_PRIVATE, fd, 0);
	input->mapped = input->bytes != MAP_FAILED;
	if (!input->mapped) {
		input->bytes = NULL;
		input->size = 0;
		return read_all(input, fd);
	}
	return true;
}

bool input_open(struct input *input, const char *path, struct failure *failure)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	memset(input, 0, sizeof *input);
	good = fd >= 0 && take(input, fd);
	if (!good)
		failure_set(failure, EXIT_INPUT, "%s: cannot read: %s%s", path, strerror(errno),
			    errno == ENOENT ? "; name the recording with -i FILE" : "");
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (!good)
		input_close(input);
	return good;
}

void input_close(struct input *input)
{
	if (input->mapped)
		munmap(input->bytes, input->size);
	else
		free(input->bytes);
	memset(input, 0, sizeof *input);
}
