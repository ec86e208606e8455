/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perfreport: bundles.  The bytes are the archive before it is compressed:
 * changes to what is compressed would hardly ever be more than damage to zstd.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "bundle.h"
#include "elf_file.h"
#include "elf_thin.h"
#include "fuzz.h"

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
	} else if (*failure.text == '\0' || strchr(failure.text, '\n') != NULL) {
		abort();
	}
	free(archive);
	name = strndup((const char *)bytes, size);
	free(bundle_name(BUNDLE_ROOT, name));
	free(name);
	return 0;
}
