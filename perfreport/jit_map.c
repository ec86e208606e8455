/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle.h"
#include "jit_map.h"

/* A symbol out of a line; others are passed over, as perf does. */
static void read_line(struct symtab *symtab, const char *line)
{
	uint64_t start, size;
	int name = 0;

	if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &start, &size, &name) < 2 || name == 0 ||
	    line[name] == '\0' || size == 0 || size > UINT64_MAX - start)
		return;
	symtab_add(symtab, start, size, STT_FUNC, STB_GLOBAL, line + name);
}

/* Names that anybody could have written are not believed: who may write in /tmp
   is not only whose program it was. */
static bool is_trusted(FILE *file, const struct search *search)
{
	struct stat status;

	return search->bundle != NULL || (fstat(fileno(file), &status) == 0 &&
					  (status.st_uid == 0 || status.st_uid == geteuid()));
}

static char *below_root(const struct search *search, const char *path)
{
	char *where;

	if (asprintf(&where, "%s%s", search->root, path) < 0)
		abort();
	return where;
}

bool jit_map_is_there(const struct search *search, const char *path)
{
	char *where = below_root(search, path);
	bool there = search_has(search, where);

	free(where);
	return there;
}

const char *jit_map_read(struct symtab *symtab, const struct search *search, const char *path,
			 char **file)
{
	char *where = below_root(search, path), *line = NULL;
	size_t capacity = 0;
	ssize_t length;
	FILE *from;

	from = bundle_file(search->bundle, where);
	if (from == NULL) {
		free(where);
		return "memory without a file, and no map of its symbols";
	}
	if (!is_trusted(from, search)) {
		fclose(from);
		free(where);
		return "memory without a file, and the map of its symbols is another user's";
	}
	search_note(search, SEARCH_ROOT, where, OPENED_WHOLE);
	while ((length = getline(&line, &capacity, from)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		read_line(symtab, line);
	}
	free(line);
	fclose(from);
	*file = where;
	return symtab->nr ? NULL : "memory without a file, and the map of its symbols is empty";
}
