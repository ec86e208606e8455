/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frame pointers that are none. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

#define TRAP_MACH_TASK_SELF (-28L)

/* So many turns in user mode and as many system calls, with another frame
   pointer. */
static void roam(uint64_t frame, unsigned long turns)
{
	__asm__ volatile("push %%rbp\n\t"
			 "mov %0, %%rbp\n"
			 "1:\tmov %2, %%rax\n\t"
			 "syscall\n\t"
			 "mov $50, %%eax\n"
			 "2:\tdec %%eax\n\t"
			 "jnz 2b\n\t"
			 "dec %1\n\t"
			 "jnz 1b\n\t"
			 "pop %%rbp"
			 : "+r"(frame), "+r"(turns)
			 : "i"(TRAP_MACH_TASK_SELF)
			 : "rax", "rcx", "r11", "memory", "cc");
}

/* Whether nothing but known modes, and frames as many as may be, stand in the
   chain. */
static bool chain_is_sane(void)
{
	unsigned contexts = 0;

	for (uint64_t i = 0; i < sample->nr; i++)
		contexts +=
		    sample->ips[i] == PERF_CONTEXT_KERNEL || sample->ips[i] == PERF_CONTEXT_USER;
	return sample->header.size == sizeof *sample + 8 * sample->nr && contexts >= 1 &&
	       contexts <= 2 && sample->nr <= contexts + PERF_MAX_STACK_DEPTH &&
	       sample->ips[0] >= PERF_CONTEXT_MAX;
}

/* Samples in user mode, in the kernel and between the two, while the frame
   pointer leads nowhere, around, back, or into the kernel. */
void test_hostile_frames(void)
{
	static uint64_t page[3][512] __attribute__((aligned(4096)));
	const uint64_t here = (uintptr_t)&page[1][16];
	const uint64_t frames[] = {
	    0,
	    1,
	    8,
	    here,     /* to itself */
	    here + 1, /* not aligned */
	    here + 4,
	    (uintptr_t)&page[1][32],  /* backwards */
	    (uintptr_t)&page[1][48],  /* to where nothing is */
	    (uintptr_t)&page[1][64],  /* to no canonical address */
	    (uintptr_t)&page[1][80],  /* into the kernel */
	    (uintptr_t)&page[1][511], /* over the page's end */
	    0x00007ffffffffff8,
	    0x0000800000000000,
	    0x8000000000000000,
	    0xfffffffffffffff8,
	    0xffffffffffffffff,
	    0xffffffff80000000, /* the direct map: kernel and its stacks */
	    0xffffffff80100000,
	    0xffffffff81000000,
	    0xffffffff82000000,
	};
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 331, 0);
	struct ring ring = ring_make(1 << 20, 0);
	unsigned samples = 0, kernel = 0, strange = 0;

	page[1][16] = page[1][32] = here;
	page[1][48] = 0x10;
	page[1][64] = 0x8000000000000000;
	page[1][80] = 0xffffffff81000000;
	page[1][511] = here;
	page[2][0] = 0x1234;
	page[1][17] = page[1][33] = page[1][49] = page[1][65] = page[1][81] = 0x401000;
	attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		mach_port_t event = event_must_open(mach_task_self(), &attr, ring.buffer);

		roam(frames[i], 500);
		drop(event);
		while (ring_next(&ring, record)) {
			if (sample->header.type != PERF_RECORD_SAMPLE)
				continue;
			samples++;
			kernel += (sample->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
				  PERF_RECORD_MISC_KERNEL;
			strange += !chain_is_sane();
		}
	}
	check(samples > 2000 && kernel > 100, "%u samples, %u in the kernel", samples, kernel);
	check(strange == 0, "%u with chains that cannot be", strange);
	ring_drop(&ring);
}
