/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and stack of user mode in samples. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"

/* perf's numbers of x86 registers. */
enum { BX = 1, BP = 6, SP = 7, IP = 8, R12 = 20 };
#define REGISTERS 0xff0fffUL

#define PATTERN	   0xa5a5000000000000UL
#define STACK_DUMP 16384U
#define PERIOD	   997

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* TURNS system calls and loops, on the stack STACK and with numbers in the
   registers that a called function keeps. */
void dump_work(uint64_t stack, uint64_t turns);
__asm__("	.text\n"
	"	.type	dump_work, @function\n"
	"dump_work:\n"
	"	push	%rbx\n"
	"	push	%rbp\n"
	"	push	%r12\n"
	"	push	%r13\n"
	"	push	%r14\n"
	"	push	%r15\n"
	"	mov	%rsp, dump_kept\n"
	"	movabs	$0xa5a5000000000001, %rbx\n"
	"	movabs	$0xa5a500000000000c, %r12\n"
	"	movabs	$0xa5a500000000000d, %r13\n"
	"	movabs	$0xa5a500000000000e, %r14\n"
	"	movabs	$0xa5a500000000000f, %r15\n"
	"	movabs	$0xa5a5000000000006, %rbp\n"
	"	mov	%rdi, %rsp\n" /* the stack last: by it a sample is known */
	"1:	mov	$-28, %rax\n" /* mach_task_self */
	"	syscall\n"
	"	mov	$100, %eax\n"
	"2:	dec	%eax\n"
	"	jnz	2b\n"
	"	dec	%rsi\n"
	"	jnz	1b\n"
	"	mov	dump_kept, %rsp\n"
	"	pop	%r15\n"
	"	pop	%r14\n"
	"	pop	%r13\n"
	"	pop	%r12\n"
	"	pop	%rbp\n"
	"	pop	%rbx\n"
	"	ret\n"
	"	.local	dump_kept\n"
	"	.comm	dump_kept, 8, 8\n");

struct found {
	unsigned samples, kernel, registers, other, sizes, bytes;
};

/* Whether the registers that dump_work() sets are what it set them to. */
static bool registers_are_true(const uint64_t *values)
{
	static const unsigned numbers[] = {BX, BP, 12, 13, 14, 15};

	for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		unsigned n = numbers[i];
		/* Without the four segments, R12 is at 12 + 12 - 4. */
		unsigned at = n < 12 ? n : n + 4;

		if (values[at] != (PATTERN | n))
			return false;
	}
	return true;
}

/* Look at one sample taken on STACK, of which THERE bytes are present. */
static void look(struct found *found, uint64_t stack, uint64_t there)
{
	const uint64_t *at = (const uint64_t *)(sample + 1) - 1; /* no callchain */
	const uint64_t *values = at + 1;
	uint64_t size, offered = (there + 7) & ~7UL;
	const char *bytes;

	if (at[0] != PERF_SAMPLE_REGS_ABI_64)
		return;
	if (values[SP] != stack)
		return; /* before dump_work() or behind it */
	found->samples++;
	found->kernel +=
	    (sample->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
	if (registers_are_true(values))
		found->registers++;
	else if (values[BX] != 0 && values[BX] != (PATTERN | 1))
		found->other++;
	at = values + __builtin_popcountl(REGISTERS);
	size = *at++;
	bytes = (const char *)at;
	if (size != offered)
		return;
	if (size != 0 && at[size / 8] != there)
		return;
	found->sizes += sample->header.size ==
			(size_t)(bytes - (const char *)record) + size + (size != 0 ? 8 : 0);
	for (uint64_t i = 0; i < size; i++)
		if (bytes[i] != (i < there ? (char)((stack + i) * 7 >> 2) : 0))
			return;
	found->bytes++;
}

static void dump_on(uint64_t stack, uint64_t there, uint64_t period, const char *what)
{
	struct perf_event_attr attr =
	    attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, period, 0);
	struct ring ring = ring_make(1 << 16, 0);
	struct found found = {0};
	mach_port_t event;

	attr.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	attr.sample_regs_user = REGISTERS;
	attr.sample_stack_user = STACK_DUMP;
	event = event_must_open(mach_task_self(), &attr, ring.buffer);
	for (unsigned i = 0; i < 100; i++) {
		dump_work(stack, 20);
		while (ring_next(&ring, record))
			if (sample->header.type == PERF_RECORD_SAMPLE)
				look(&found, stack, there);
	}
	drop(event);
	check(found.samples > 100 && found.kernel > 20, "%s: %u samples, %u in the kernel", what,
	      found.samples, found.kernel);
	check(found.registers * 100 >= found.samples * 95 && found.other == 0,
	      "%s: %u with true registers, %u with others", what, found.registers, found.other);
	check(found.sizes == found.samples, "%s: %u with the true size", what, found.sizes);
	check(found.bytes == found.samples, "%s: %u with the true bytes", what, found.bytes);
	ring_drop(&ring);
}

/* Whole, to the middle, to the last bytes of what is there, and nothing. */
void test_stack_dump(void)
{
	vm_address_t area = 0;

	vm_allocate(mach_task_self(), &area, 16 * TASK_PAGE_SIZE, 1);
	for (uint64_t at = area; at < area + 12 * TASK_PAGE_SIZE; at++)
		if (at < area + 6 * TASK_PAGE_SIZE || at >= area + 7 * TASK_PAGE_SIZE)
			*(char *)at = (char)(at * 7 >> 2);
	dump_on(area + 7 * TASK_PAGE_SIZE + 512, STACK_DUMP, PERIOD, "all there");
	dump_on(area + 4 * TASK_PAGE_SIZE + 8, 2 * TASK_PAGE_SIZE - 8, PERIOD, "two pages there");
	dump_on(area + 6 * TASK_PAGE_SIZE - 8, 8, PERIOD, "one word there");
	dump_on(area + 6 * TASK_PAGE_SIZE - 61, 61, PERIOD, "not aligned");
	dump_on(area + 12 * TASK_PAGE_SIZE - 2 * TASK_PAGE_SIZE, 2 * TASK_PAGE_SIZE, PERIOD,
		"the end");
	dump_on(area + 6 * TASK_PAGE_SIZE + 128, 0, PERIOD, "nothing there");
	dump_on(0x0000600000000000UL, 0, PERIOD, "nothing near");
	/* Into every instruction of the kernel's stubs, sooner or later. */
	for (uint64_t period = 503; period < 1100; period += 54)
		dump_on(0x0000600000000000UL, 0, period, "other periods");
	vm_deallocate(mach_task_self(), area, 16 * TASK_PAGE_SIZE);
}
