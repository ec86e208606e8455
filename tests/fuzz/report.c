/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfreport: from a file to every view and every record. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump.h"
#include "fuzz.h"
#include "load.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct options options = fuzz_options();
	struct failure failure;
	struct profile profile;
	char path[40];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	profile_init(&profile, options.search);
	profile.threads = options.threads;
	if (load(&profile, path, LOAD_NAMES | LOAD_MOMENTS, &failure))
		fuzz_views(&profile, &options);
	profile_free(&profile);
	dump(path, "/dev/null", DUMP_JSON, &failure);
	dump(path, "/dev/null", DUMP_CSV, &failure);
	close(fd);
	return 0;
}
