/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"

#include "status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check {
	const char *path;
	const struct image *image;
	const struct hooks *hooks;
	bool *seen;  /* one for each hook */
	bool kernel; /* the kernel's line was seen */
};

static int check_kernel(struct check *check, const char *sha256)
{
	check->kernel = true;
	if (!strcmp(sha256, check->image->sha256))
		return STATUS_OK;
	return refuse("%s: %s is another kernel: sha256 %s, expected %s", check->path,
		      check->image->path, check->image->sha256, sha256);
}

static int check_sites(struct check *check, const char *function, unsigned long expected)
{
	for (size_t i = 0; i < check->hooks->count; i++) {
		const struct hook *hook = &check->hooks->all[i];

		if (strcmp(hook->function, function))
			continue;
		check->seen[i] = true;
		if (hook->nr_sites != expected)
			return refuse("%s: %s has %zu call sites, expected %lu", check->path,
				      function, hook->nr_sites, expected);
	}
	return STATUS_OK;
}

static int check_line(struct check *check, unsigned number, char *line)
{
	char word[16], name[256];
	unsigned long count;
	char rest;

	line[strcspn(line, "#")] = '\0';
	if (sscanf(line, " %15s", word) != 1)
		return STATUS_OK;
	if (sscanf(line, " kernel %255s %c", name, &rest) == 1)
		return check_kernel(check, name);
	if (sscanf(line, " sites %255s %lu %c", name, &count, &rest) == 2)
		return check_sites(check, name, count);
	return refuse("%s:%u: expected: kernel SHA256, or sites FUNCTION COUNT", check->path,
		      number);
}

static int check_missing(const struct check *check)
{
	int status = STATUS_OK;

	if (!check->kernel)
		status = refuse("%s: no kernel line", check->path);
	for (size_t i = 0; i < check->hooks->count; i++)
		if (!check->seen[i])
			status =
			    refuse("%s: no sites line for %s (%zu found)", check->path,
				   check->hooks->all[i].function, check->hooks->all[i].nr_sites);
	return status;
}

int expect_check(const char *path, const struct image *image, const struct hooks *hooks)
{
	struct check check = {.path = path, .image = image, .hooks = hooks};
	struct buffer text = {0};
	unsigned number = 0;
	int status = file_read(path, &text);

	if (status)
		return status;
	buffer_append(&text, "", 1);
	check.seen = xcalloc(hooks->count, sizeof *check.seen);
	for (char *line = (char *)text.data, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (check_line(&check, ++number, line))
			status = STATUS_REFUSED;
	}
	if (check_missing(&check))
		status = STATUS_REFUSED;
	free(check.seen);
	buffer_free(&text);
	return status;
}

/* The lines of an older file about this very kernel and functions outside the list are kept. */
static void copy_others(FILE *out, char *text, const struct image *image, const struct hooks *hooks)
{
	char *kernel = xformat("kernel %s\n", image->sha256);
	char *rest = NULL;
	char name[256];

	for (char *line = strstr(text, kernel) ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		bool listed = false;

		if (sscanf(line, "sites %255s", name) != 1)
			continue;
		for (size_t i = 0; i < hooks->count; i++)
			listed |= !strcmp(hooks->all[i].function, name);
		if (!listed)
			fprintf(out, "%s\n", line);
	}
	free(kernel);
}

static int write_expected(FILE *out, const char *path, const struct image *image,
			  const struct hooks *hooks)
{
	fprintf(out, "# SPDX-License-Identifier: GPL-2.0-or-later\n");
	fprintf(out, "# Written by graft link --update-expect; see docs/graft.md.\n");
	fprintf(out, "kernel %s\n", image->sha256);
	for (size_t i = 0; i < hooks->count; i++)
		fprintf(out, "sites %s %zu\n", hooks->all[i].function, hooks->all[i].nr_sites);
	if (access(path, F_OK) == 0) {
		struct buffer old = {0};
		int status = file_read(path, &old);

		if (status)
			return status;
		buffer_append(&old, "", 1);
		copy_others(out, (char *)old.data, image, hooks);
		buffer_free(&old);
	}
	return STATUS_OK;
}

int expect_update(const char *path, const struct image *image, const struct hooks *hooks)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int status;

	if (!out)
		return fail("out of memory");
	status = write_expected(out, path, image, hooks);
	if (fclose(out))
		status = fail("out of memory");
	if (!status)
		status = file_write(path, text, size, 0666);
	free(text);
	return status;
}
