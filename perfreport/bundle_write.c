/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bundle must hold is found out by doing what views do: names with
 * inlined functions and lines, then every function's annotation.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "bundle.h"
#include "bundle_write.h"
#include "elf_thin.h"
#include "input.h"
#include "load.h"
#include "opened.h"
#include "output.h"
#include "views.h"

#define MODE 0644 /* of all members */

/* One being written. */
struct packing {
	struct archive *archive;
	struct output output;
	const char *path; /* of the bundle */
	struct failure *failure;
	uint64_t size; /* of the members so far */
};

static la_ssize_t put(struct archive *archive, void *context, const void *bytes, size_t size)
{
	struct packing *packing = context;
	const struct text text = {.bytes = (char *)bytes, .length = size};

	if (output_add(&packing->output, &text, packing->failure))
		return size;
	archive_set_error(archive, EIO, "cannot write");
	return -1;
}

static bool refuse(struct packing *packing)
{
	if (packing->failure->status == EXIT_SUCCESS)
		failure_set(packing->failure, EXIT_OUTPUT, "%s: cannot write: %s", packing->path,
			    archive_error_string(packing->archive));
	return false;
}

static bool add_member(struct packing *packing, const char *name, const void *bytes, size_t size)
{
	struct archive_entry *entry;
	bool good;

	packing->size += size;
	if (packing->size > BUNDLE_MOST) {
		failure_set(packing->failure, EXIT_OUTPUT,
			    "%s: recording and files together are more than 16 GiB", packing->path);
		return false;
	}
	entry = archive_entry_new();
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, MODE);
	archive_entry_set_mtime(entry, 0, 0);
	good = archive_write_header(packing->archive, entry) >= ARCHIVE_WARN &&
	       (size == 0 || archive_write_data(packing->archive, bytes, size) == (la_ssize_t)size);
	archive_entry_free(entry);
	return good || refuse(packing);
}

/* What reports need of a file. */
static bool add_file(struct packing *packing, const struct opened_file *file)
{
	struct failure ignored = {0};
	struct input input;
	size_t size;
	char *kept;
	bool good;

	/* It may be gone, or no file at all: then that is all there is to say of it. */
	if (!input_open(&input, file->path, &ignored))
		return add_member(packing, file->member, "", 0);
	if (file->how == OPENED_WHOLE) {
		good = add_member(packing, file->member, input.bytes, input.size);
	} else {
		size = input.size;
		kept = file->how == OPENED_ELF ? elf_thin(input.bytes, size)
					       : elf_head(input.bytes, size, &size);
		good = add_member(packing, file->member, kept, size);
		free(kept);
	}
	input_close(&input);
	return good;
}

static bool add_manifest(struct packing *packing, size_t members, const char *recording)
{
	const char *slash = strrchr(recording, '/');
	struct text text = {0};
	bool good;

	text_print(&text, BUNDLE_TITLE "members %zu\nrecording %s\n", members,
		   slash ? slash + 1 : recording);
	good = add_member(packing, BUNDLE_MANIFEST, text.bytes, text.length);
	text_free(&text);
	return good;
}

/* Sorted by name: the manifest, files by build-id, files by path, the recording. */
static bool add_all(struct packing *packing, const struct input *recording, const char *name,
		    const struct opened *opened)
{
	if (!add_manifest(packing, opened->nr + 2, name))
		return false;
	for (size_t i = 0; i < opened->nr; i++)
		if (!add_file(packing, &opened->list[i]))
			return false;
	return add_member(packing, BUNDLE_RECORDING, recording->bytes, recording->size);
}

static bool begin(struct packing *packing)
{
	struct archive *archive = packing->archive;

	return (archive_write_add_filter_zstd(archive) == ARCHIVE_OK &&
		archive_write_set_format_gnutar(archive) == ARCHIVE_OK &&
		archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
		archive_write_open(archive, packing, NULL, put, NULL) == ARCHIVE_OK) ||
	       refuse(packing);
}

static bool pack(const struct input *recording, const struct options *options,
		 const struct opened *opened, struct failure *failure)
{
	struct packing packing = {.path = options->output, .failure = failure};
	bool good;

	if (!output_begin(&packing.output, options->output, failure))
		return false;
	packing.archive = archive_write_new();
	if (packing.archive == NULL)
		abort();
	good = begin(&packing) && add_all(&packing, recording, options->input, opened) &&
	       (archive_write_close(packing.archive) == ARCHIVE_OK || refuse(&packing));
	archive_write_free(packing.archive);
	return output_end(&packing.output, good, failure);
}

/* Look up what the views with these LOAD_* do; incomplete: why the recording
   is, to be freed. */
static bool look_up(const struct options *options, struct opened *opened, unsigned int what,
		    char **incomplete, struct failure *failure)
{
	struct options all = *options;
	struct profile profile;
	struct text text = {0};
	bool good;

	all.search.opened = opened;
	all.top = SIZE_MAX;
	profile_init(&profile, all.search);
	profile.threads = options->threads;
	good = load(&profile, options->input, what, failure);
	if (good && what & LOAD_EXACT && !view_annotate(&profile, &all, &text, failure)) {
		good = failure->status == EXIT_NO_SAMPLES; /* there is nothing to annotate */
		if (good)
			*failure = (struct failure){0};
	}
	if (good && *incomplete == NULL && profile.incomplete != NULL)
		*incomplete = strdup(profile.incomplete);
	text_free(&text);
	profile_free(&profile);
	return good;
}

static bool check(const struct input *input, const struct options *options, struct failure *failure)
{
	if (!input->mapped)
		failure_set(failure, EXIT_USAGE,
			    "%s: a bundle is made of a file, not of a stream; save it first",
			    options->input);
	else if (bundle_is(input->bytes, input->size))
		failure_set(failure, EXIT_USAGE, "%s: is a bundle already", options->input);
	else
		return true;
	return false;
}

bool bundle_write(const struct options *options, struct failure *failure)
{
	struct opened opened = {0};
	char *incomplete = NULL;
	struct input input;
	bool good;

	if (!input_open(&input, options->input, failure))
		return false;
	good = check(&input, options, failure) &&
	       look_up(options, &opened, LOAD_NAMES | LOAD_INLINED | LOAD_LINES, &incomplete,
		       failure) &&
	       look_up(options, &opened, LOAD_NAMES | LOAD_EXACT, &incomplete, failure);
	opened_sort(&opened);
	good = good && pack(&input, options, &opened, failure);
	if (good && incomplete != NULL) {
		failure_set(failure, EXIT_INCOMPLETE, "%s: incomplete: %s", options->input,
			    incomplete);
		good = false;
	}
	free(incomplete);
	opened_free(&opened);
	input_close(&input);
	return good;
}
