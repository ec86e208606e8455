/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of what kernel calls return. */
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/mig_errors.h>
#include <mach/perf_event.h>
#include <machperf/task.h>

const char *task_error_name(kern_return_t kr)
{
	static const struct {
		kern_return_t kr;
		const char *name;
	} names[] = {
	    {KERN_SUCCESS, "success"},
	    {KERN_INVALID_ADDRESS, "invalid address"},
	    {KERN_PROTECTION_FAILURE, "protection failure"},
	    {KERN_NO_SPACE, "no space"},
	    {KERN_INVALID_ARGUMENT, "invalid argument"},
	    {KERN_FAILURE, "failure"},
	    {KERN_RESOURCE_SHORTAGE, "resource shortage"},
	    {KERN_NO_ACCESS, "no access"},
	    {KERN_MEMORY_FAILURE, "memory failure"},
	    {KERN_INVALID_NAME, "invalid port name"},
	    {KERN_INVALID_TASK, "invalid task"},
	    {KERN_INVALID_RIGHT, "invalid right"},
	    {KERN_INVALID_VALUE, "invalid value"},
	    {KERN_INVALID_CAPABILITY, "invalid capability"},
	    {KERN_NOT_SUPPORTED, "not supported"},
	    {MIG_BAD_ID, "no such call"},
	    {MIG_BAD_ARGUMENTS, "bad arguments"},
	    {MIG_SERVER_DIED, "server died"},
	    {MACH_SEND_INVALID_DEST, "dead port"},
	};

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].kr == kr)
			return names[i].name;
	}
	return 0;
}

mach_port_t task_port_argument(const char *text)
{
	mach_port_t port = 0;

	if (text == 0)
		return MACH_PORT_NULL;
	for (; *text >= '0' && *text <= '9'; text++)
		port = port * 10 + (mach_port_t)(*text - '0');
	return *text == '\0' ? port : MACH_PORT_NULL;
}
