/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "spool.h"

#define BUFFER (256 * 1024)

static const char *place(void)
{
	const char *folder = getenv("TMPDIR");

	return folder != NULL && *folder ? folder : "/var/tmp";
}

static bool refuse(struct failure *failure)
{
	failure_set(failure, EXIT_INPUT,
		    "%s: cannot keep the unpacked recording: %s; set TMPDIR to a folder with room",
		    place(), strerror(errno));
	return false;
}

bool spool_open(struct spool *spool, struct failure *failure)
{
	char *name;

	memset(spool, 0, sizeof *spool);
	if (asprintf(&name, "%s/perfreport.XXXXXX", place()) < 0)
		abort();
	spool->fd = mkostemp(name, O_CLOEXEC);
	if (spool->fd >= 0)
		unlink(name);
	free(name);
	if (spool->fd < 0)
		return refuse(failure);
	spool->buffer = must_calloc(1, BUFFER);
	return true;
}

void spool_close(struct spool *spool)
{
	if (spool->map != NULL)
		munmap(spool->map, spool->size);
	if (spool->fd >= 0)
		close(spool->fd);
	free(spool->buffer);
	*spool = (struct spool){.fd = -1};
}

static bool flush(struct spool *spool, struct failure *failure)
{
	size_t done = 0;

	while (done < spool->buffered) {
		ssize_t n = write(spool->fd, spool->buffer + done, spool->buffered - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(failure);
		done += n;
	}
	spool->buffered = 0;
	return true;
}

bool spool_add(struct spool *spool, const void *bytes, size_t size, struct failure *failure)
{
	const uint8_t *from = bytes;

	spool->size += size;
	while (size) {
		size_t part = BUFFER - spool->buffered < size ? BUFFER - spool->buffered : size;

		memcpy(spool->buffer + spool->buffered, from, part);
		spool->buffered += part;
		from += part;
		size -= part;
		if (spool->buffered == BUFFER && !flush(spool, failure))
			return false;
	}
	return true;
}

bool spool_map(struct spool *spool, struct failure *failure)
{
	if (!flush(spool, failure))
		return false;
	free(spool->buffer);
	spool->buffer = NULL;
	if (spool->size == 0)
		return true;
	spool->map = mmap(NULL, spool->size, PROT_READ, MAP_PRIVATE, spool->fd, 0);
	if (spool->map == MAP_FAILED) {
		spool->map = NULL;
		return refuse(failure);
	}
	return true;
}
