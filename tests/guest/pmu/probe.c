/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PMU driver in a real kernel, on the emulator: exact counts, overflow
 * NMIs, deferred work.
 *
 * This object is grafted onto the stock kernel in place of the sampling half.
 * It runs as the kernel is about to start its first task, prints a line for
 * each check, and leaves the emulator with exit code 0 if all were good.
 */
#include <kern/pmu/pmu.h>
#include <i386/idt.h>
#include <i386/x86_pmu.h>

#include "probe.h"

/* Of the kernel, and of the linker. */
extern char _start[], graft_end[];
extern void bootstrap_create(void);
extern void biosmem_register_boot_data(phys_addr_t start, phys_addr_t end, boolean_t temporary);

#define KERNEL_BASE 0xffffffff80000000UL

#define EXIT_PORT  0xb8c
#define MAX_EVENTS 12

static struct pmu_event events[MAX_EVENTS];

/* Written in NMI context. */
static volatile unsigned long calls[MAX_EVENTS], periods[MAX_EVENTS];
static volatile unsigned long all_calls;
static volatile unsigned long in_first, in_second, elsewhere;
static volatile boolean_t defer_at_overflow;
static volatile unsigned int work_done;

volatile unsigned long earlier_nmis;

static unsigned int failures;

/* Called by the hook on the clock interrupt: nonzero once we are up. */
unsigned char probe_ready;

void probe_register_boot_data(phys_addr_t start, phys_addr_t end, boolean_t temporary)
{
	if (start == (unsigned long)_start - KERNEL_BASE)
		end = (unsigned long)graft_end - KERNEL_BASE;
	biosmem_register_boot_data(start, end, temporary);
}

void probe_clock_interrupt(int usec, boolean_t user, boolean_t base, vm_offset_t pc)
{
	const struct pmu_regs regs = {.ip = pc, .user = user};

	(void)usec;
	(void)base;
	pmu_tick(0, &regs);
}

static void overflow(struct pmu_event *event, unsigned int n, const struct pmu_regs *regs)
{
	unsigned int i = event - events;

	all_calls++;
	calls[i]++;
	periods[i] += n;
	if (regs->ip >= (unsigned long)loop_first && regs->ip < (unsigned long)loop_second)
		in_first++;
	else if (regs->ip >= (unsigned long)loop_second && regs->ip < (unsigned long)loop_end)
		in_second++;
	else
		elsewhere++;
	if (defer_at_overflow)
		pmu_defer();
}

static void work(void)
{
	work_done++;
}

void probe_check(const char *what, boolean_t good, unsigned long got, unsigned long wanted)
{
	printf("probe: %s: %s: %lu, wanted %lu\n", good ? "ok" : "BAD", what, got, wanted);
	if (!good)
		failures++;
}

static void check_equal(const char *what, unsigned long got, unsigned long wanted)
{
	probe_check(what, got == wanted, got, wanted);
}

static void set_up(unsigned int i, uint32_t type, uint64_t config, uint64_t period)
{
	const struct pmu_request request = {.type = type, .config = config, .period = period};
	kern_return_t kr = pmu_event_init(&events[i], &request);

	if (kr != KERN_SUCCESS)
		check_equal("pmu_event_init", kr, KERN_SUCCESS);
	calls[i] = periods[i] = 0;
	in_first = in_second = elsewhere = 0;
}

static void add(unsigned int i)
{
	boolean_t added;

	pmu_disable();
	added = pmu_event_add(&events[i]);
	pmu_enable();
	if (!added)
		check_equal("pmu_event_add", added, TRUE);
}

static void drop(unsigned int i)
{
	pmu_disable();
	pmu_event_remove(&events[i]);
	pmu_enable();
}

static unsigned long interrupts_off(void)
{
	unsigned long flags;

	asm volatile("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags;
}

static void interrupts_back(unsigned long flags)
{
	asm volatile("pushq %0; popfq" ::"r"(flags) : "memory", "cc");
}

/* What is counted while the loop runs n times round, interrupts off. */
static unsigned long counted(uint32_t type, uint64_t config, uint64_t period, unsigned long n)
{
	unsigned long flags = interrupts_off();

	set_up(0, type, config, period);
	add(0);
	loop_first(n);
	drop(0);
	interrupts_back(flags);
	return events[0].count;
}

static void check_counts(void)
{
	const unsigned long n = 100000;

	/* Two instructions and one branch a round. */
	check_equal("instructions, fixed counter",
		    counted(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, 2 * n) -
			counted(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, n),
		    2 * n);
	check_equal("branches",
		    counted(PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0, 2 * n) -
			counted(PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0, n),
		    n);
	set_up(1, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0);
	add(1); /* takes the fixed counter */
	check_equal("instructions, general counter",
		    counted(PERF_TYPE_RAW, 0xc0, 0, 2 * n) - counted(PERF_TYPE_RAW, 0xc0, 0, n),
		    2 * n);
	drop(1);
}

static void check_filters(void)
{
	struct pmu_request request = {.type = PERF_TYPE_HARDWARE,
				      .config = PERF_COUNT_HW_INSTRUCTIONS,
				      .exclude_kernel = TRUE,
				      .period = 1000};

	set_up(0, PERF_TYPE_RAW, 0xc0, 0);
	pmu_event_init(&events[0], &request);
	add(0);
	loop_first(100000);
	drop(0);
	check_equal("user instructions of the kernel", events[0].count, 0);
	check_equal("their overflows", calls[0], 0);
}

/* Overflows come from everywhere, interrupts off or on, as many as periods. */
static void check_sampling(const char *what, uint32_t type, uint64_t config, uint64_t period)
{
	const unsigned long n = 500000;
	unsigned long count = counted(type, config, period, n);

	check_equal(what, periods[0], count / period);
	check_equal("  one call each", calls[0], periods[0]);
	probe_check("  nearly all in the loop", in_first * 100 >= calls[0] * 99, in_first,
		    calls[0]);
}

/* A loop with interrupts off has its share of the samples. */
static void check_shares(void)
{
	const unsigned long n = 1000000;
	unsigned long flags, all;

	set_up(0, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 10007);
	add(0);
	flags = interrupts_off();
	loop_first(n);
	interrupts_back(flags);
	loop_second(3 * n);
	drop(0);
	all = in_first + in_second + elsewhere;
	probe_check("share of the loop under cli, per mille",
		    in_first * 1000 >= all * 240 && in_first * 1000 <= all * 260,
		    in_first * 1000 / all, 250);
}

/* More events than the places that can count instructions, and overflows that
   meet. */
static void check_together(unsigned int places)
{
	unsigned long good = 0;
	unsigned int i;

	for (i = 0; i < places; i++) {
		set_up(i, PERF_TYPE_RAW, 0xc0, 1009 + i);
		add(i);
	}
	set_up(places, PERF_TYPE_RAW, 0xc0, 1009);
	pmu_disable();
	check_equal("one event too many is refused", pmu_event_add(&events[places]), FALSE);
	pmu_enable();
	loop_first(1000000);
	pmu_disable();
	for (i = 0; i < places; i++)
		pmu_event_remove(&events[i]);
	pmu_enable();
	for (i = 0; i < places; i++)
		if (periods[i] == events[i].count / events[i].period && calls[i] == periods[i])
			good++;
	check_equal("all counters at once, exact", good, places);
}

/* Deferred work waits for interrupts, and not for the clock. */
static void check_deferred(void)
{
	unsigned int early, late;
	unsigned long flags;
	uint64_t begin, end;

	pmu_defer_init(work);
	/* Not a word in here: printf turns interrupts on. */
	flags = interrupts_off();
	work_done = 0;
	set_up(0, PERF_TYPE_RAW, 0xc0, 10007);
	defer_at_overflow = TRUE;
	add(0);
	loop_first(100000);
	drop(0);
	defer_at_overflow = FALSE;
	early = work_done;
	begin = pmu_clock_ns();
	interrupts_back(flags | 1UL << 9);
	while (work_done == 0 && pmu_clock_ns() - begin < 1000000)
		continue;
	end = pmu_clock_ns();
	late = work_done;
	probe_check("overflows that asked for work", calls[0] > 10, calls[0], 19);
	check_equal("work done under cli", early, 0);
	check_equal("work done after sti", late, 1);
	/* A tick may be due just then, and goes first. */
	probe_check("  nanoseconds later", end - begin < 20000, end - begin, 0);
}

static void check_nmis(void)
{
	const struct x86_pmu_stats *stats = x86_pmu_get_stats(0);
	uint64_t begin = pmu_clock_ns();
	unsigned long count;

	check_equal("overflows found without an interrupt", stats->missed, 0);
	check_equal("times the status would not clear", stats->stuck, 0);
	check_equal("unknown NMIs", stats->unknown, 0);
	/* Some kinds take one that comes soon after an overflow for a late one. */
	while (pmu_clock_ns() - begin < 150000000)
		continue;
	asm volatile("int $2");
	check_equal("unknown NMIs after one", stats->unknown, 1);
	check_equal("NMIs passed on to the handler before us", earlier_nmis, 1);
	count = counted(PERF_TYPE_RAW, 0xc0, 1009, 100000);
	check_equal("samples after it", periods[0], count / 1009);
}

static void check_clock(void)
{
	const struct pmu_request request = {
	    .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .period = 10000000};
	uint64_t begin = pmu_clock_ns(), ns;

	pmu_event_init(&events[0], &request);
	calls[0] = periods[0] = 0;
	add(0);
	while (pmu_clock_ns() - begin < 200000000)
		continue;
	drop(0);
	ns = events[0].count;
	probe_check("cpu-clock counts the time", ns >= 199900000 && ns < 201000000, ns, 200000000);
	probe_check("cpu-clock samples at the ticks", calls[0] >= 19 && calls[0] <= 21, calls[0],
		    20);
}

static void leave(void)
{
	printf("probe: overflows served: %lu\n", all_calls);
	printf("probe: %s\n", failures ? "failed" : "passed");
	asm volatile("outl %0, %w1" ::"a"(failures ? 1 : 0), "d"(EXIT_PORT));
}

void probe_bootstrap_create(void)
{
	struct pmu_description d;

	idt_set_gate(2, earlier_nmi, 0);
	pmu_init(overflow);
	pmu_cpu_init(0);
	probe_ready = 1;
	pmu_describe(&d);
	printf("probe: PMU %s version %u: %u general, %u fixed counters, %u bits; TSC %u kHz\n",
	       d.name, d.version, d.nr_counters, d.nr_fixed, d.width, d.tsc_khz);
	check_clock();
	if (d.kind != PERF_PMU_CLOCK) {
		probe_generic_events(&d);
		all_calls = 0;
		pmu_model_reset(); /* and the emulator's count of overflows */
		check_counts();
		check_filters();
		check_sampling("samples, fixed counter", PERF_TYPE_HARDWARE,
			       PERF_COUNT_HW_INSTRUCTIONS, 10007);
		check_sampling("samples, cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES,
			       10007);
		check_sampling("samples, branches", PERF_TYPE_HARDWARE,
			       PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 1009);
		check_sampling("samples, shortest period", PERF_TYPE_HARDWARE,
			       PERF_COUNT_HW_BRANCH_INSTRUCTIONS, d.min_period);
		check_shares();
		check_together(d.nr_counters + (d.nr_fixed != 0));
		check_deferred();
		check_nmis();
	}
	leave();
	bootstrap_create();
}
