/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perfreport: folded stacks. */
#include "folded.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct options options = fuzz_options();
	struct failure failure;
	struct profile profile;

	profile_init(&profile, options.search);
	if (folded_probe((const char *)bytes, size) &&
	    folded_load(&profile, (const char *)bytes, size, "fuzz", &failure))
		fuzz_views(&profile, &options);
	profile_free(&profile);
	return 0;
}
