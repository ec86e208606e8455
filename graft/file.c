/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

size_t buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
	size_t at = buffer->size;

	buffer->data = xrealloc(buffer->data, at + size);
	if (bytes)
		memcpy(buffer->data + at, bytes, size);
	else
		memset(buffer->data + at, 0, size);
	buffer->size += size;
	return at;
}

size_t buffer_align(struct buffer *buffer, size_t alignment)
{
	size_t over = buffer->size % alignment;

	if (over)
		buffer_append(buffer, NULL, alignment - over);
	return buffer->size;
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}

static int read_all(int fd, const char *path, struct buffer *buffer)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail("%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail("%s: not a regular file", path);
	buffer_append(buffer, NULL, (size_t)st.st_size);
	for (size_t done = 0; done < buffer->size;) {
		ssize_t n = read(fd, buffer->data + done, buffer->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("%s: %s", path, strerror(errno));
		if (n == 0)
			return fail("%s: the file shrank while it was read", path);
		done += (size_t)n;
	}
	return STATUS_OK;
}

int file_read(const char *path, struct buffer *buffer)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return fail("%s: %s", path, strerror(errno));
	status = read_all(fd, path, buffer);
	close(fd);
	if (status)
		buffer_free(buffer);
	return status;
}

static bool write_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

int file_write(const char *path, const void *bytes, size_t size, mode_t mode)
{
	char *part = xformat("%s.part%ld", path, (long)getpid());
	int status = STATUS_OK;
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0) {
		status = fail("%s: %s", path, strerror(errno));
		free(part);
		return status;
	}
	if (!write_all(fd, bytes, size))
		status = fail("%s: %s", path, strerror(errno));
	if (close(fd) < 0 && !status)
		status = fail("%s: %s", path, strerror(errno));
	if (!status && rename(part, path) < 0)
		status = fail("%s: %s", path, strerror(errno));
	if (status)
		unlink(part);
	free(part);
	return status;
}

void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX])
{
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&context);
	sha256_update(&context, size, bytes);
	sha256_digest(&context, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}
