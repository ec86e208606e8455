/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the workload ended. */
#include <inttypes.h>

#include "exit_codes.h"
#include "session.h"

/* Names of Mach's exceptions, <mach/exception.h>. */
static const char *exception_name(int32_t exception)
{
	static const char *const names[] = {
	    NULL,
	    "EXC_BAD_ACCESS",
	    "EXC_BAD_INSTRUCTION",
	    "EXC_ARITHMETIC",
	    "EXC_EMULATION",
	    "EXC_SOFTWARE",
	    "EXC_BREAKPOINT",
	};

	if (exception < 1 || exception >= (int32_t)(sizeof(names) / sizeof(names[0])))
		return "an unknown exception";
	return names[exception];
}

/* The workload's fate is the exit code of a good session, as with perf. */
int session_workload_exit(const struct session *session, const char *kept)
{
	const struct perf_frame_exit *exit = &session->exit;
	const char *name = session->images->workload_name;

	if (exit->how != PERF_EXIT_NORMAL)
		return fail(EXIT_WORKLOAD_CRASHED,
			    "workload %s crashed at 0x%" PRIx64 ": %s (%" PRId32 "), code %" PRId32
			    ", subcode 0x%" PRIx64 "; %s",
			    name, exit->ip, exception_name(exit->exception), exit->exception,
			    exit->code, (uint64_t)exit->subcode, kept);
	if (exit->status)
		return fail(exit->status & 0xff ? exit->status & 0xff : 1,
			    "workload %s exited with status %" PRId32 "; %s", name, exit->status,
			    kept);
	return EXIT_GOOD;
}
