/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in samples: frequency, the clock, callchains, and no more than
   the opener may see. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define KERNEL_BASE 0xffff800000000000UL

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* Code that burn() is in, roughly. */
static bool in_burn(uint64_t ip)
{
	return ip - (uintptr_t)burn < 64;
}

/* Samples come as often as asked for, whatever is counted. */
static void check_frequency(uint64_t config, const char *what)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, config, 1000, PERF_ATTR_FREQ | PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 20, 0);
	mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);
	struct perf_event_values values;
	uint64_t samples = 0, first = 0, last = 0;

	do {
		burn(100000);
		values = event_values(event);
	} while (values.time_running < 400000000);
	drop(event);
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE) {
			if (first == 0)
				first = sample->time + 100000000; /* it has settled by then */
			if (sample->time >= first) {
				samples++;
				last = sample->time;
			}
		}
	/* A period that is wrong by less than an eighth stays. */
	check(samples * 1000000 > (last - first) * 8 / 9 - 1000000 &&
		  samples * 1000000 < (last - first) * 8 / 7 + 1000000,
	      "%s at 1000 Hz: %lu samples in %lu ms", what, (unsigned long)samples,
	      (unsigned long)((last - first) / 1000000));
	ring_drop(&ring);
}

void test_frequency(void)
{
	check_frequency(PERF_COUNT_HW_INSTRUCTIONS, "instructions");
	check_frequency(PERF_COUNT_HW_CPU_CYCLES, "cycles");
	check_frequency(PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "branches");
}

/* The clock samples at its ticks, whatever PMU there is. */
void test_cpu_clock(void)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 10000000, 0);
	struct ring ring = ring_make(1 << 20, 0);
	mach_port_t event;
	struct perf_event_values values;
	uint64_t samples = 0, burning = 0, chained = 0;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	do {
		burn(1000000);
		values = event_values(event);
	} while (values.time_running < 500000000);
	drop(event);
	while (ring_next(&ring, record)) {
		samples += sample->header.type == PERF_RECORD_SAMPLE;
		burning += in_burn(sample->ip);
		chained += in_burn(sample->ip) && sample->nr >= 4 &&
			   sample->ips[0] == PERF_CONTEXT_USER && sample->ips[1] == sample->ip &&
			   sample->ips[2] - (uintptr_t)test_cpu_clock < 1024;
	}
	check(samples >= 45 && samples <= 52, "%lu samples of 10 ms in %lu ms",
	      (unsigned long)samples, (unsigned long)(values.time_running / 1000000));
	check(burning * 10 >= samples * 9, "%lu of them in the loop", (unsigned long)burning);
	check(chained == burning, "%lu with the loop's caller", (unsigned long)chained);
	ring_drop(&ring);
}

/* Known callers, innermost first. */
__attribute__((noinline)) static void inner(void)
{
	burn(400000);
	__asm__ volatile("");
}

__attribute__((noinline)) static void middle(unsigned depth)
{
	if (depth == 0)
		inner();
	else
		middle(depth - 1);
	__asm__ volatile("");
}

static bool within(uint64_t ip, const void *function)
{
	return ip - (uintptr_t)function < 96;
}

#define DEPTH 10

/* Whether the sample's chain is burn, inner, DEPTH + 1 times middle. */
static bool chain_is_true(void)
{
	if (sample->nr < 1 + 3 + DEPTH || sample->ips[0] != PERF_CONTEXT_USER ||
	    !within(sample->ips[2], (const void *)inner))
		return false;
	for (unsigned i = 0; i <= DEPTH; i++)
		if (!within(sample->ips[3 + i], (const void *)middle))
			return false;
	return true;
}

void test_callchains(void)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
						1009, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 20, 0);
	mach_port_t event;
	uint64_t burning = 0, good = 0, longest = 0;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	middle(DEPTH);
	drop(event);
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE && in_burn(sample->ip)) {
			burning++;
			good += chain_is_true();
		}
	check(burning > 700 && good == burning, "%lu samples in the loop, %lu with true callers",
	      (unsigned long)burning, (unsigned long)good);

	attr.sample_max_stack = 3;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	middle(DEPTH);
	drop(event);
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE && sample->nr > longest)
			longest = sample->nr;
	check(longest == 1 + 3, "no more frames than asked for: %lu words", (unsigned long)longest);
	ring_drop(&ring);
}

/* Without the privileged port nothing of the kernel is seen, even with
   callchains of code that mostly calls the kernel. */
void test_user_only(void)
{
	struct perf_event_attr attr = attr_make(
	    PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 500, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 20, 0);
	vm_address_t address = 0;
	mach_port_t event;
	uint64_t id, samples = 0, kernel = 0;

	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	check_kr(event_open(mach_task_self(), MACH_PORT_NULL, &attr, ring.buffer, &event, &id),
		 KERN_SUCCESS, "opened without privilege");
	for (unsigned i = 0; i < 200; i++) {
		vm_allocate(mach_task_self(), &address, 64 * TASK_PAGE_SIZE, 1);
		for (unsigned at = 0; at < 64 * TASK_PAGE_SIZE; at += 256)
			*(volatile char *)(address + at) = 1;
		vm_deallocate(mach_task_self(), address, 64 * TASK_PAGE_SIZE);
	}
	drop(event);
	while (ring_next(&ring, record)) {
		if (sample->header.type != PERF_RECORD_SAMPLE)
			continue;
		samples++;
		kernel +=
		    (sample->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) != PERF_RECORD_MISC_USER;
		kernel += sample->ip >= KERNEL_BASE;
		for (unsigned i = 0; i < sample->nr; i++)
			kernel +=
			    sample->ips[i] >= KERNEL_BASE && sample->ips[i] != PERF_CONTEXT_USER;
	}
	check(samples > 20, "%lu samples", (unsigned long)samples);
	check(kernel == 0, "%lu kernel addresses in them", (unsigned long)kernel);
	ring_drop(&ring);
}

/* Without a PMU only the clock can be counted, and the kernel says so. */
static void check_clock(const char *name)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0, PERF_ATTR_DISABLED);
	struct perf_info_data info;
	mach_msg_type_number_t size = sizeof(perf_bytes_t);
	perf_bytes_t bytes;
	mach_port_t event;
	uint64_t id;

	check_kr(perf_info(mach_host_self(), bytes, &size), KERN_SUCCESS, "perf_info");
	memcpy(&info, bytes, sizeof info);
	check(info.pmu_kind == PERF_PMU_CLOCK && info.hw_events == 0,
	      "the PMU is the clock: kind %u", info.pmu_kind);
	check(strcmp(info.pmu_name, name) == 0, "its name is %s: %s", name, info.pmu_name);
	check_kr(event_open(mach_task_self(), host_priv, &attr, MACH_PORT_NULL, &event, &id),
		 KERN_NOT_SUPPORTED, "cycles cannot be counted");
	test_cpu_clock();
}

void test_no_pmu(void)
{
	check_clock("clock");
}

/* NMIs drive the clock: code with interrupts off is sampled, too. */
void test_hpet(void)
{
	check_clock("hpet");
	cli_loop_share(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1000000,
		       8 /* ns an instruction */);
}
