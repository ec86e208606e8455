/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every error that perf.defs promises. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "mach_port_user.h"
#include "perf_user.h"

/* Try to open ATTR on TARGET, with no buffer, and expect WANTED. */
static void refused(mach_port_t target, mach_port_t privilege, const struct perf_event_attr *attr,
		    kern_return_t wanted, const char *what)
{
	mach_port_t event = MACH_PORT_NULL;
	uint64_t id;
	kern_return_t kr = event_open(target, privilege, attr, MACH_PORT_NULL, &event, &id);

	check_kr(kr, wanted, what);
	if (kr == KERN_SUCCESS)
		drop(event);
}

static void test_attributes(void)
{
	const struct perf_event_attr good =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, PERF_ATTR_DISABLED);
	task_t self = mach_task_self();
	struct perf_event_attr attr;

	refused(self, host_priv, &good, KERN_SUCCESS, "good attributes");
	attr = good;
	attr.size = 64;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "another size");
	attr = good;
	attr.sample_type |= 1UL << 40;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "an unknown field in samples");
	attr = good;
	attr.flags |= 1UL << 50;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "an unknown flag");
	attr = good;
	attr.config1 = 1;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "a field not in use");
	attr = good;
	attr.sample_period = 100000;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "samples without a buffer");
	attr = good;
	attr.flags |= PERF_ATTR_COMM;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "side-band without a buffer");
	attr = good;
	attr.flags |= PERF_ATTR_EXCLUDE_USER | PERF_ATTR_EXCLUDE_KERNEL;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "nothing left to count");
	attr = good;
	attr.type = PERF_TYPE_TRACEPOINT;
	refused(self, host_priv, &attr, KERN_NOT_SUPPORTED, "a tracepoint");
	attr = good;
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	refused(self, host_priv, &attr, KERN_NOT_SUPPORTED, "page faults");
	attr = good;
	attr.config = PERF_COUNT_HW_STALLED_CYCLES_FRONTEND;
	refused(self, host_priv, &attr, KERN_NOT_SUPPORTED, "stalled cycles");
	attr = good;
	attr.sample_type |= PERF_SAMPLE_REGS_USER;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "registers, but none of them");
	attr.sample_regs_user = 1UL << 12;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "a register that is not saved");
	attr.sample_regs_user = 1UL << 8;
	refused(self, host_priv, &attr, KERN_SUCCESS, "a register");
	attr = good;
	attr.sample_regs_user = 1UL << 8;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "a register in no sample");
	attr = good;
	attr.sample_type |= PERF_SAMPLE_STACK_USER;
	attr.sample_stack_user = 100;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "half a word of stack");
	attr.sample_stack_user = 65528;
	refused(self, host_priv, &attr, KERN_INVALID_ARGUMENT, "more stack than a record holds");
	attr.sample_stack_user = 63488;
	refused(self, host_priv, &attr, KERN_SUCCESS, "as much stack as one holds");
	attr = good;
	attr.flags |= PERF_ATTR_INHERIT;
	refused(mach_thread_self(), host_priv, &attr, KERN_INVALID_ARGUMENT,
		"a thread hands nothing on");
}

static void test_periods(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 1, PERF_ATTR_DISABLED);
	struct ring ring = ring_make(4096, 0);
	mach_port_t event = MACH_PORT_NULL;
	uint64_t id;

	check_kr(event_open(mach_task_self(), host_priv, &attr, ring.buffer, &event, &id),
		 KERN_INVALID_VALUE, "a period below the minimum");
	attr.flags |= PERF_ATTR_FREQ;
	attr.sample_period = 1000000000;
	check_kr(event_open(mach_task_self(), host_priv, &attr, ring.buffer, &event, &id),
		 KERN_INVALID_VALUE, "a frequency out of range");
	attr.flags &= ~PERF_ATTR_FREQ;
	attr.sample_period = 10000;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	check_kr(perf_event_period(event, 1), KERN_INVALID_VALUE, "another below the minimum");
	check_kr(perf_event_period(event, 0), KERN_INVALID_VALUE, "no period");
	check_kr(perf_event_period(event, 20000), KERN_SUCCESS, "a good one");
	drop(event);
	attr.sample_period = 0;
	event = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	check_kr(perf_event_period(event, 20000), KERN_INVALID_ARGUMENT,
		 "a period for what only counts");
	drop(event);
	ring_drop(&ring);
}

static void test_rights(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, PERF_ATTR_DISABLED);
	struct ring ring = ring_make(4096, 0);
	rpc_phys_addr_t physical;

	refused(mach_task_self(), MACH_PORT_NULL, &attr, KERN_NO_ACCESS,
		"kernel scope without privilege");
	refused(mach_task_self(), mach_host_self(), &attr, KERN_NO_ACCESS,
		"kernel scope by the host's name");
	attr.flags |= PERF_ATTR_EXCLUDE_KERNEL;
	refused(mach_task_self(), MACH_PORT_NULL, &attr, KERN_SUCCESS,
		"user scope without privilege");
	refused(mach_host_self(), MACH_PORT_NULL, &attr, KERN_INVALID_ARGUMENT,
		"the CPU by the host's name");
	refused(ring.buffer, host_priv, &attr, KERN_INVALID_ARGUMENT, "a buffer for a target");
	check_kr(perf_buffer_phys(ring.buffer, mach_host_self(), 0, &physical), KERN_NO_ACCESS,
		 "the address of the rings without privilege");
	check_kr(perf_pmu_reset(mach_host_self()), KERN_INVALID_ARGUMENT,
		 "a reset without privilege");
	check_kr(perf_event_enable(ring.buffer), KERN_INVALID_ARGUMENT, "a buffer for an event");
	check_kr(perf_event_enable(mach_task_self()), KERN_INVALID_ARGUMENT, "a task for an event");
	ring_drop(&ring);
}

static void test_buffers(void)
{
	mach_port_t buffer;
	vm_address_t address;
	vm_size_t size;

	check_kr(perf_buffer_create(mach_host_self(), 1000, 0, &buffer), KERN_INVALID_ARGUMENT,
		 "a ring under a page");
	check_kr(perf_buffer_create(mach_host_self(), 12288, 0, &buffer), KERN_INVALID_ARGUMENT,
		 "a ring of no power of two");
	check_kr(perf_buffer_create(mach_host_self(), 4096, 8192, &buffer), KERN_INVALID_ARGUMENT,
		 "a watermark above the ring");
	check_kr(perf_buffer_create(mach_host_self(), 1UL << 40, 0, &buffer),
		 KERN_RESOURCE_SHORTAGE, "a ring larger than memory");
	check_kr(perf_buffer_map(mach_task_self(), mach_task_self(), &address, &size),
		 KERN_INVALID_ARGUMENT, "a task for a buffer");
}

static void test_maps(void)
{
	perf_build_id_t id = {0};
	perf_name_t name = "name";
	task_t self = mach_task_self();

	check_kr(perf_task_map(self, 0x1000, 0x1000, 0, 5, id, 21, name, 4), KERN_INVALID_ARGUMENT,
		 "a build-id too long");
	check_kr(perf_task_map(self, 0x1000, 0x1000, 0, 5, id, 0, name, 0), KERN_INVALID_ARGUMENT,
		 "a map without a name");
	check_kr(perf_task_map(self, 0x1000, 0x1000, 0, 5, id, 0, name, 128), KERN_INVALID_ARGUMENT,
		 "a name too long");
	check_kr(perf_task_map(self, 0x1000, 0, 0, 5, id, 0, name, 4), KERN_INVALID_ARGUMENT,
		 "a map of nothing");
	check_kr(perf_task_map(self, ~0UL << 12, 0x2000, 0, 5, id, 0, name, 4),
		 KERN_INVALID_ARGUMENT, "a map around the end");
	check_kr(perf_task_map(self, 0x1000, 0x1000, 0, 8, id, 0, name, 4), KERN_INVALID_ARGUMENT,
		 "a protection there is not");
	check_kr(perf_task_map(mach_host_self(), 0x1000, 0x1000, 0, 5, id, 0, name, 4),
		 KERN_INVALID_ARGUMENT, "a host for a task");
}

/* A no-senders notification that a user makes up changes nothing. */
static void test_forged_notification(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, 0);
	mach_port_t event = event_must_open(mach_task_self(), &attr, MACH_PORT_NULL);
	mach_msg_header_t message = {
	    .msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
	    .msgh_size = sizeof message,
	    .msgh_remote_port = event,
	    .msgh_id = 0100 + 006, /* MACH_NOTIFY_NO_SENDERS */
	};

	mach_msg(&message, MACH_SEND_MSG, sizeof message, 0, MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
		 MACH_PORT_NULL);
	check(event_values(event).value > 0, "an event survives a forged notification");
	drop(event);
}

void test_errors(void)
{
	test_attributes();
	test_periods();
	test_rights();
	test_buffers();
	test_maps();
	test_forged_notification();
}
