/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processors.  The kernel starts with the first in the default processor set,
 * where tasks are born, and puts all others into a set where nothing runs
 * unless it is sent there.  Here they all go to the first, so that a session's
 * threads spread over them as the scheduler likes.
 */
#include "agent.h"
#include "mach_host_user.h"

static void require(struct agent *agent, kern_return_t kr, const char *call)
{
	if (kr != KERN_SUCCESS)
		agent_fail(agent, PERF_ERROR_AGENT, 0, kr,
			   "the processors cannot be put to work: %s: error %d", call, kr);
}

void processors_gather(struct agent *agent)
{
	processor_set_name_t name;
	processor_set_t set;
	processor_array_t processors;
	mach_msg_type_number_t nr = 0;

	if (agent->info.nr_cpus < 2)
		return;
	require(agent, host_processors(agent->host, &processors, &nr), "host_processors");
	require(agent, processor_set_default(agent->host, &name), "processor_set_default");
	require(agent, host_processor_set_priv(agent->host, name, &set), "host_processor_set_priv");
	for (unsigned i = 1; i < nr; i++)
		require(agent, processor_assign(processors[i], set, 1), "processor_assign");
}
