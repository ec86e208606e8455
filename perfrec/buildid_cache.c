/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeping objects in perf's build-id cache. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buildid_cache.h"

/* Make a folder and those above it; it may be there. */
static bool make_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static bool write_bytes(int fd, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t wrote = write(fd, bytes, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return false;
		bytes += wrote;
		size -= wrote;
	}
	return true;
}

/* Copy the object to folder/elf, through another name: readers never see half. */
static bool copy_object(const char *folder, const struct elf_file *file)
{
	char *temporary = NULL, *target = NULL;
	bool done = false;
	int fd = -1, error;

	if (asprintf(&target, "%s/elf", folder) < 0)
		target = NULL;
	if (asprintf(&temporary, "%s/elf.XXXXXX", folder) < 0)
		temporary = NULL;
	if (target && access(target, F_OK) == 0) {
		done = true;
	} else if (target && temporary && (fd = mkostemp(temporary, O_CLOEXEC)) >= 0) {
		done = write_bytes(fd, file->bytes, file->size) && fchmod(fd, 0644) == 0 &&
		       rename(temporary, target) == 0;
		error = errno;
		close(fd);
		if (!done)
			unlink(temporary);
		errno = error;
	}
	free(temporary);
	free(target);
	return done;
}

/* Link root/.build-id/xx/yyy to the folder of the object. */
static bool link_object(const char *root, const char *hex, const char *name)
{
	char *folder = NULL, *link = NULL, *target = NULL;
	bool done = false;

	if (asprintf(&folder, "%s/.build-id/%.2s", root, hex) < 0)
		folder = NULL;
	if (asprintf(&link, "%s/.build-id/%.2s/%s", root, hex, hex + 2) < 0)
		link = NULL;
	if (asprintf(&target, "../../%s/%s", name, hex) < 0)
		target = NULL;
	if (folder && link && target && make_folders(folder))
		done = symlink(target, link) == 0 || errno == EEXIST;
	free(folder);
	free(link);
	free(target);
	return done;
}

/* The cache's folder; malloc'd, NULL: errno. */
static char *cache_root(const struct options *options)
{
	const char *home = getenv("HOME");
	char *root;

	if (options->buildid_dir)
		return strdup(options->buildid_dir);
	if (!home || !*home) {
		errno = ENOENT;
		return NULL;
	}
	return asprintf(&root, "%s/.debug", home) < 0 ? NULL : root;
}

bool keep_object(const struct options *options, const struct elf_file *file, const char *name)
{
	char hex[2 * MAX_BUILD_ID + 1];
	char *root, *folder = NULL;
	bool done;
	unsigned int n;

	if (file->build_id_size == 0)
		return true;
	for (n = 0; n < file->build_id_size; n++)
		sprintf(hex + 2 * n, "%02x", file->build_id[n]);
	root = cache_root(options);
	if (!root)
		return false;
	if (asprintf(&folder, "%s/%s/%s", root, name, hex) < 0)
		folder = NULL;
	done = folder && make_folders(folder) && copy_object(folder, file) &&
	       link_object(root, hex, name);
	free(folder);
	free(root);
	return done;
}
