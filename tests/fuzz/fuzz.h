/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzing target and what drives it share. */
#ifndef MACHPERF_FUZZ_H
#define MACHPERF_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "views.h"

/* The target: take these bytes for a file, whatever they are.  Called by
   libFuzzer, or by replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Options as the command line would give them, but no file of this machine is
   looked for. */
struct options fuzz_options(void);

/* Make every view of a loaded profile. */
void fuzz_views(const struct profile *profile, const struct options *options);

#endif /* MACHPERF_FUZZ_H */
