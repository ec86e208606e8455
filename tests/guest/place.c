/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads on CPUs of the test's choice.  The kernel starts with the first CPU
 * in the default processor set and all others in another; here each of those
 * gets a set of its own.
 */
#include "harness.h"
#include "mach_host_user.h"

#define MOST_CPUS 16

static processor_set_t sets[MOST_CPUS]; /* MACH_PORT_NULL: not made yet */

static processor_set_t default_set(void)
{
	processor_set_name_t name;
	processor_set_t set;

	must(processor_set_default(host_priv, &name), "processor_set_default");
	must(host_processor_set_priv(host_priv, name, &set), "host_processor_set_priv");
	return set;
}

static void make_sets(void)
{
	processor_set_name_t name;
	processor_array_t processors;
	mach_msg_type_number_t nr = 0;

	must(host_processors(host_priv, &processors, &nr), "host_processors");
	if (nr != nr_cpus || nr > MOST_CPUS)
		test_abandon("%u processors, not %u", nr, nr_cpus);
	sets[0] = default_set();
	for (unsigned cpu = 1; cpu < nr; cpu++) {
		must(processor_set_create(host_priv, &sets[cpu], &name), "processor_set_create");
		must(processor_assign(processors[cpu], sets[cpu], 1), "processor_assign");
	}
}

void thread_place(thread_t thread, unsigned cpu)
{
	if (nr_cpus == 1)
		return;
	if (sets[0] == MACH_PORT_NULL)
		make_sets();
	must(thread_assign(thread, sets[cpu % nr_cpus]), "thread_assign");
}
