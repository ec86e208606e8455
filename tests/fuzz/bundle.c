/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perfreport: bundles, from the archive to every view, with the lines, inlined
 * functions and code of the ELF files in it.  The bytes are the archive before
 * it is compressed: changes to what is compressed would hardly ever be more
 * than damage to zstd.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "bundle.h"
#include "elf_file.h"
#include "elf_thin.h"
#include "fuzz.h"
#include "load.h"

/* All that is done with an ELF file as such. */
static void take_elf(const struct bundle *bundle, const char *name)
{
	struct elf_file file;
	const char *why;
	const void *bytes;
	uint32_t crc;
	size_t size;

	bytes = bundle_find(bundle, name, &size);
	if (bytes != NULL)
		free(elf_thin(bytes, size));
	if (elf_file_open(&file, bundle, name, &why)) {
		elf_debuglink(&file, &crc);
		elf_file_close(&file);
	}
}

/* What the command does with one. */
static void view(const char *path, unsigned int what)
{
	struct options options = fuzz_options();
	struct failure failure = {0};
	struct profile profile;
	struct text text = {0};

	profile_init(&profile, options.search);
	profile.threads = options.threads;
	if (load(&profile, path, what, &failure)) {
		if (what & LOAD_EXACT)
			view_annotate(&profile, &options, &text, &failure);
		else
			fuzz_views(&profile, &options);
	}
	text_free(&text);
	profile_free(&profile);
}

static void view_all(const void *archive, size_t size)
{
	char path[40];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, archive, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	view(path, LOAD_NAMES | LOAD_MOMENTS | LOAD_INLINED | LOAD_LINES);
	view(path, LOAD_NAMES | LOAD_EXACT);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t room = ZSTD_compressBound(size), packed;
	char *archive = malloc(room), *name;
	struct failure failure = {0};
	struct bundle *bundle;

	if (archive == NULL)
		abort();
	packed = ZSTD_compress(archive, room, bytes, size, 1);
	if (ZSTD_isError(packed))
		abort();
	if (bundle_open(&bundle, archive, packed, "fuzz", &failure)) {
		take_elf(bundle, "files/bin/program");
		take_elf(bundle, BUNDLE_RECORDING);
		bundle_close(bundle);
		view_all(archive, packed);
	} else if (*failure.text == '\0' || strchr(failure.text, '\n') != NULL) {
		abort();
	}
	free(archive);
	name = strndup((const char *)bytes, size);
	free(bundle_name(BUNDLE_ROOT, name));
	free(name);
	return 0;
}
