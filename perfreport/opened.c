/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bundle.h"
#include "opened.h"

void opened_add(struct opened *opened, const char *folder, const char *rest, const char *path,
		enum opened_how how)
{
	struct opened_file *file;

	if (opened == NULL)
		return;
	opened->list =
	    must_grow(opened->list, &opened->capacity, opened->nr + 1, sizeof *opened->list);
	file = &opened->list[opened->nr++];
	*file = (struct opened_file){
	    .member = bundle_name(folder, rest), .path = must_copy(path, strlen(path)), .how = how};
}

static int compare(const void *a, const void *b)
{
	const struct opened_file *left = a, *right = b;
	int order = strcmp(left->member, right->member);

	return order ? order : (int)left->how - (int)right->how;
}

static void free_file(struct opened_file *file)
{
	free(file->member);
	free(file->path);
}

void opened_sort(struct opened *opened)
{
	size_t kept = 0;

	if (opened->nr == 0)
		return;
	qsort(opened->list, opened->nr, sizeof *opened->list, compare);
	for (size_t i = 0; i < opened->nr; i++) {
		if (kept && strcmp(opened->list[kept - 1].member, opened->list[i].member) == 0)
			free_file(&opened->list[i]);
		else
			opened->list[kept++] = opened->list[i];
	}
	opened->nr = kept;
}

void opened_free(struct opened *opened)
{
	for (size_t i = 0; i < opened->nr; i++)
		free_file(&opened->list[i]);
	free(opened->list);
	memset(opened, 0, sizeof *opened);
}
