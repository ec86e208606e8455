/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

static bool refuse(const char *path, const char *hint, struct failure *failure)
{
	failure_set(failure, EXIT_INPUT, "%s: cannot read: %s%s", path, strerror(errno), hint);
	return false;
}

/* Read what cannot be mapped. */
static bool read_all(struct input *input, int fd, const char *path, struct failure *failure)
{
	char buffer[65536];
	ssize_t n;

	if (!spool_open(&input->spool, failure))
		return false;
	while ((n = read(fd, buffer, sizeof buffer)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(path, "", failure);
		if (!spool_add(&input->spool, buffer, n, failure))
			return false;
	}
	if (!spool_map(&input->spool, failure))
		return false;
	input->bytes = input->spool.map ? input->spool.map : "";
	input->size = input->spool.size;
	return true;
}

static bool take(struct input *input, int fd, const char *path, struct failure *failure)
{
	struct stat status;
	void *bytes;

	if (fstat(fd, &status) != 0)
		return refuse(path, "", failure);
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return refuse(path, " (perf record --threads writes one; record without it)",
			      failure);
	}
	if (!S_ISREG(status.st_mode) || status.st_size == 0 || lseek(fd, 0, SEEK_CUR) != 0)
		return read_all(input, fd, path, failure);
	bytes = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return read_all(input, fd, path, failure);
	input->bytes = bytes;
	input->size = status.st_size;
	input->mapped = true;
	return true;
}

bool input_open(struct input *input, const char *path, struct failure *failure)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	memset(input, 0, sizeof *input);
	input->spool.fd = -1;
	if (fd < 0)
		return refuse(path, errno == ENOENT ? "; name the recording with -i FILE" : "",
			      failure);
	good = take(input, fd, path, failure);
	if (!is_stdin)
		close(fd);
	if (!good)
		input_close(input);
	return good;
}

void input_close(struct input *input)
{
	if (input->mapped)
		munmap((void *)input->bytes, input->size);
	spool_close(&input->spool);
	memset(input, 0, sizeof *input);
	input->spool.fd = -1;
}
