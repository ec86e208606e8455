/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulated PMU as a guest sees it, bare metal: each count is known from
 * the code that is counted (bare.S).  Prints "ok NAME" or "FAIL NAME got
 * wanted" for each check and leaves with the number of failures.
 */
#include "bare.h"

#define INSTRUCTIONS  0x00c0
#define CYCLES	      0x003c
#define BRANCHES      0x00c4
#define BRANCH_MISSES 0x00c5
#define LLC_REFS      0x4f2e
#define LLC_MISSES    0x412e
#define L1D_MISSES    0x0151
#define DTLB_MISSES   0x0149
#define LOADS	      0x010b
#define STORES	      0x020b
#define L1I_MISSES    0x0280
#define ITLB_MISSES   0x0185

#define EDGE	 0x00040000
#define INV	 0x00800000
#define CMASK(n) ((uint32_t)(n) << 24)

#define USR  0x010000
#define OS   0x020000
#define INT  0x100000
#define EN   0x400000
#define BOTH (USR | OS | EN)

#define MSR_PMC	       0xc1
#define MSR_EVTSEL     0x186
#define MSR_FIXED      0x309
#define MSR_FIXED_CTRL 0x38d
#define MSR_STATUS     0x38e
#define MSR_CTRL       0x38f
#define MSR_OVF_CTRL   0x390
#define MSR_RESET      0x4d500000
#define MSR_STEPS      0x4d500001
#define MSR_EVENTING   0x4d500002

#define LVT_NMI	   0x400
#define LVT_MASKED 0x10000

#define LAPIC(reg)  (*(volatile uint32_t *)(0xfee00000 + (reg)))
#define LAPIC_EOI   0x0b0
#define LAPIC_SPIV  0x0f0
#define LAPIC_LVTPC 0x340

typedef void code(void);

void measure(code *c, uint32_t arg, uint32_t counters);
extern code code_empty, code_loop, code_slide, code_rep, code_touch, code_block, code_lock,
    code_random, code_user, code_fault, code_x87, code_trap;
extern char code_block_load[], code_x87_load[], user_loop[];
extern volatile uint8_t buffer[];

uint32_t reload;
uint32_t reenable;
volatile uint32_t faults;

#define MAX_HITS 64
static volatile uint32_t hits;
static uint32_t hit_ip[MAX_HITS];
static uint32_t eventing_ip[MAX_HITS];
static uint32_t lvt_at_hit;
static uint32_t status_at_hit;
static volatile uint32_t vectored;
static uint32_t failures;

static void check(const char *name, uint32_t got, uint32_t wanted)
{
	if (got == wanted) {
		print("ok ");
		print(name);
	} else {
		failures++;
		print("FAIL ");
		print(name);
		print(" got ");
		print_number(got);
		print(" wanted ");
		print_number(wanted);
	}
	print("\n");
}

static void check_range(const char *name, uint32_t got, uint32_t low, uint32_t high)
{
	check(name, got < low ? low : got > high ? high : got, got);
}

void on_overflow(uint32_t ip)
{
	/* #GP: its IRET is not the end of the handler. */
	rdpmc(4);
	if (hits < MAX_HITS) {
		hit_ip[hits] = ip;
		eventing_ip[hits] = rdmsr(MSR_EVENTING);
	}
	hits++;
	lvt_at_hit = LAPIC(LAPIC_LVTPC);
	status_at_hit = rdmsr(MSR_STATUS);
	wrmsr(MSR_OVF_CTRL, status_at_hit);
	LAPIC(LAPIC_LVTPC) = LVT_NMI;
}

void on_vector(void)
{
	vectored++;
	wrmsr(MSR_OVF_CTRL, 1);
	LAPIC(LAPIC_EOI) = 0;
}

/* Count an event over a piece of code. */
static uint32_t count_rings(code *c, uint32_t arg, uint32_t event, uint32_t rings)
{
	wrmsr(MSR_CTRL, 0);
	wrmsr(MSR_PMC, 0);
	wrmsr(MSR_EVTSEL, event | rings | EN);
	measure(c, arg, 1);
	return rdmsr(MSR_PMC);
}

static uint32_t count(code *c, uint32_t arg, uint32_t event)
{
	return count_rings(c, arg, event, USR | OS);
}

/* The same with all models cold. */
static uint32_t count_cold(code *c, uint32_t arg, uint32_t event)
{
	wrmsr(MSR_RESET, 0);
	return count(c, arg, event);
}

static void test_cpuid(void)
{
	uint32_t regs[4];

	cpuid(0xa, regs);
	check("cpuid-a-eax", regs[0], 0x07300402);
	check("cpuid-a-edx", regs[3], 0x603);
	cpuid(0x4d500000, regs);
	check("cpuid-model", regs[0], 2);
	check("cpuid-name", regs[1], 0x6863616d); /* "mach" */
	cpuid(0x4d500001, regs);
	check("cpuid-shift", regs[0], 3);
	check("cpuid-tsc", regs[1], 1000000);
	check("cpuid-msr", regs[2], MSR_RESET);
	check("cpuid-port", regs[3], PORT);
}

static void test_instructions(void)
{
	uint64_t steps;

	check("instructions-empty", count(code_empty, 0, INSTRUCTIONS), 5 + 1);
	check("instructions-loop-1000", count(code_loop, 1000, INSTRUCTIONS), 5 + 2002);
	check("instructions-loop-1001", count(code_loop, 1001, INSTRUCTIONS), 5 + 2004);
	check("instructions-slide", count(code_slide, 0, INSTRUCTIONS), 5 + 4001);
	check("instructions-rep-1000", count(code_rep, 1000, INSTRUCTIONS), 5 + 4);
	check("instructions-rep-0", count(code_rep, 0, INSTRUCTIONS), 5 + 4);
	/* Between the two reads: the second one and what gcc puts there. */
	steps = rdmsr(MSR_STEPS);
	check_range("steps", rdmsr(MSR_STEPS) - steps, 1, 8);
}

/* Warm, the slide costs one cycle an instruction; a repeat is one too. */
static void test_cycles(void)
{
	count_cold(code_slide, 0, CYCLES);
	check("cycles-slide", count(code_slide, 0, CYCLES), 5 + 4001);
	count(code_rep, 1000, CYCLES);
	check("cycles-rep-1000", count(code_rep, 1000, CYCLES), 5 + 4 + 1000);
	/* The indirect call misses (15); its push misses everything (180), and so
	   do 63 lines of code and the one that measures, of two pages. */
	check("cycles-cold", count_cold(code_slide, 0, CYCLES),
	      5 + 4001 + 15 + 180 + 64 * 160 + 2 * 20);
}

static void test_fetch(void)
{
	check("l1i-cold", count_cold(code_slide, 0, L1I_MISSES), 63 + 1);
	check("l1i-again", count(code_slide, 0, L1I_MISSES), 0);
	check("itlb-cold", count_cold(code_slide, 0, ITLB_MISSES), 2);
	check("itlb-again", count(code_slide, 0, ITLB_MISSES), 0);
}

/* As above, cold: the penalties are 195 for the call, then one for each line:
   64 rows of cycles in which nothing retires. */
static void test_filters(void)
{
	check("cmask", count(code_slide, 0, INSTRUCTIONS | CMASK(1)), 5 + 4001);
	check("cmask-2", count(code_slide, 0, INSTRUCTIONS | CMASK(2)), 0);
	check("stalled", count_cold(code_slide, 0, INSTRUCTIONS | CMASK(1) | INV),
	      195 + 64 * 160 + 2 * 20);
	check("stalls", count_cold(code_slide, 0, INSTRUCTIONS | CMASK(1) | INV | EDGE), 64);
	check("all-cycles", count_cold(code_slide, 0, INSTRUCTIONS | CMASK(2) | INV),
	      5 + 4001 + 195 + 64 * 160 + 2 * 20);
	/* Four of five instructions of the loop do not load. */
	check("loads-rows", count(code_touch, 1000, LOADS | EDGE), 1000 + 1);
	check("loads-2", count(code_touch, 1000, LOADS | CMASK(2)), 0);
}

/* The instruction that faults is not retired, that which traps is. */
static void test_traps(void)
{
	uint32_t before = faults;

	check("instructions-fault", count(code_fault, 0, INSTRUCTIONS), 5 + 3 + 1);
	check("faults", faults - before, 1);
	check("instructions-trap", count(code_trap, 0, INSTRUCTIONS), 5 + 1 + 1 + 1);
	/* The frame and the call's push. */
	check("stores-trap", count(code_trap, 0, STORES), 3 + 1);
}

static void test_helpers(void)
{
	check("loads-x87", count(code_x87, 0, LOADS), 1 + 1);
	check("stores-x87", count(code_x87, 0, STORES), 1 + 1);
	check("l1d-x87", count_cold(code_x87, 0, L1D_MISSES), 2 + 1);
}

/* From cold: the indirect call, 12 until the counter has learnt, the end. */
static void test_branches(void)
{
	check("branches-empty", count(code_empty, 0, BRANCHES), 2);
	check("branches-loop", count(code_loop, 1000, BRANCHES), 2 + 1000);
	check("branch-misses-loop", count_cold(code_loop, 1000, BRANCH_MISSES), 1 + 12 + 1);
	check_range("branch-misses-random", count_cold(code_random, 10000, BRANCH_MISSES), 4000,
		    6000);
}

/*
 * 64 KiB by lines: 1024 lines in 16 pages, and the stack's line and page.  The
 * lines push the stack's one out of the L1 cache between call and ret, but not
 * out of the last-level one; the ret brings it back for the next run.
 */
static void test_memory(void)
{
	check("l1d-cold", count_cold(code_touch, 1024, L1D_MISSES), 1024 + 2);
	check("l1d-again", count(code_touch, 1024, L1D_MISSES), 1024 + 1);
	/* The code is two lines; they have left L1I when code_slide was run. */
	count_cold(code_touch, 1024, L1D_MISSES);
	check("llc-refs", count(code_touch, 1024, LLC_REFS), 1024 + 1 + 2);
	check("llc-cold", count_cold(code_touch, 1024, LLC_MISSES), 1024 + 1 + 2);
	check("llc-again", count(code_touch, 1024, LLC_MISSES), 0);
	check("dtlb-cold", count_cold(code_touch, 1024, DTLB_MISSES), 16 + 1);
	check("dtlb-again", count(code_touch, 1024, DTLB_MISSES), 0);
	check("l1d-fits", (count(code_touch, 256, L1D_MISSES), count(code_touch, 256, L1D_MISSES)),
	      0);
	check("loads", count(code_touch, 1024, LOADS), 1024 + 1);
	check("stores", count(code_touch, 1024, STORES), 1);
	check("loads-lock", count(code_lock, 100, LOADS), 4 * 100 + 1);
	check("stores-lock", count(code_lock, 100, STORES), 4 * 100 + 1);
	check("l1d-lock", count_cold(code_lock, 100, L1D_MISSES), 2);
	check("stores-rep", count(code_rep, 1000, STORES), 1000 + 1);
}

/* Run code with a sample after first events and then every period; the steps it
   took. */
static uint32_t sample_from(uint32_t first, code *c, uint32_t arg, uint32_t event, uint32_t rings,
			    uint32_t period)
{
	uint64_t before;

	hits = 0;
	wrmsr(MSR_CTRL, 0);
	wrmsr(MSR_EVTSEL, event | rings | INT | EN);
	wrmsr(MSR_PMC, -first);
	reload = -period;
	reenable = 1;
	LAPIC(LAPIC_LVTPC) = LVT_NMI;
	before = rdmsr(MSR_STEPS);
	measure(c, arg, 1);
	return rdmsr(MSR_STEPS) - before;
}

static uint32_t sample(code *c, uint32_t arg, uint32_t event, uint32_t rings, uint32_t period)
{
	return sample_from(period, c, arg, event, rings, period);
}

static void test_overflow(void)
{
	sample(code_slide, 0, INSTRUCTIONS, BOTH, 3000);
	check("nmi-one", hits, 1);
	/* The call is the first of the 3000. */
	check("nmi-ip", hit_ip[0] - (uint32_t)code_slide, 2999);
	check("nmi-lvt-masked", lvt_at_hit, LVT_NMI | LVT_MASKED);
	check("nmi-status", status_at_hit, 1);
	check("nmi-status-cleared", rdmsr(MSR_STATUS), 0);
	sample(code_slide, 0, INSTRUCTIONS, BOTH, 500);
	/* Four of each later 500 are spent leaving the handler. */
	check("nmi-periodic", hits, 8);
	for (uint32_t i = 0; i < 8; i++)
		check("nmi-periodic-ip", hit_ip[i] - (uint32_t)code_slide, 499 + 496 * i);
}

/* The handler takes the same steps each time: what eight of them add to the
   code.  run.py looks for it in the emulator's statistics. */
static void test_handler(void)
{
	uint32_t without = sample(code_slide, 0, INSTRUCTIONS, BOTH, 1000000);
	uint32_t with = sample(code_slide, 0, INSTRUCTIONS, BOTH, 500);

	check("handler-hits", hits, 8);
	check("handler-steps", (with - without) % 8, 0);
	print("steps of a handler: ");
	print_number((with - without) / 8);
	print("\n");
}

static uint32_t caused_elsewhere(uint32_t ip)
{
	uint32_t elsewhere = 0;

	for (uint32_t i = 0; i < hits; i++)
		elsewhere += eventing_ip[i] != ip;
	return elsewhere;
}

static uint32_t hits_elsewhere(const char *ip)
{
	uint32_t elsewhere = 0;

	for (uint32_t i = 0; i < hits; i++)
		elsewhere += hit_ip[i] != (uint32_t)ip;
	return elsewhere;
}

/*
 * Every 20th of 1024 cold lines: the interrupt comes after the instruction
 * that missed, in the middle of a block, and that instruction, which reads and
 * writes, has been executed once.
 */
static void test_event_overflow(void)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 65536; i++)
		buffer[i] = 0;
	wrmsr(MSR_RESET, 0);
	/* The first misses are those of the code: warm, there are none. */
	sample(code_block, 16, LLC_MISSES, BOTH, 1000000);
	sample(code_block, 1024, LLC_MISSES, BOTH, 20);
	/* The line of the push and 16 of the buffer are there. */
	check("llc-nmis", hits, (1024 - 16) / 20);
	check("llc-ip", hits_elsewhere(code_block_load), 0);
	/* The load is the two bytes before. */
	check("llc-eventing", caused_elsewhere((uint32_t)code_block_load - 2), 0);
	sample_from(1, code_x87, 0, LOADS, BOTH, 1000000);
	check("x87-ip", hit_ip[0], (uint32_t)code_x87_load);
	check("x87-eventing", eventing_ip[0], (uint32_t)code_x87);
	sample(code_block, 1024, STORES, BOTH, 20);
	check_range("store-nmis", hits, 50, 64);
	check("store-ip", hits_elsewhere(code_block_load), 0);
	/* %al is 1 in the code: the low byte of measure()'s counters. */
	for (uint32_t i = 0; i < 65536; i++)
		wrong += buffer[i] != (i % 64 ? 0 : i < 16 * 64 ? 3 : 2);
	check("once", wrong, 0);
}

/* An overflow of cycles inside the penalty of a miss is seen right after it;
   one of plain instructions at the instruction. */
static void test_cycle_overflow(void)
{
	wrmsr(MSR_RESET, 0);
	/* Cold: 180 for the code's line, 180 for the call's push, 15 for the call
	   itself, 1: 376; 64 nops of a new page 244: 620; 64 more 224: 844; and 160
	   for the line of the next, which so passes 1000. */
	sample(code_slide, 0, CYCLES, BOTH, 1000);
	check("cycles-ip", hit_ip[0] - (uint32_t)code_slide, 128 + 1);
	check("cycles-eventing", eventing_ip[0] - (uint32_t)code_slide, 128);
	/* Warm: the call, then one a nop, and no instruction that pays. */
	sample(code_slide, 0, CYCLES, BOTH, 1000);
	check("cycles-ip-warm", hit_ip[0] - (uint32_t)code_slide, 1000 - 1);
	check("cycles-eventing-warm", eventing_ip[0], 0);
	wrmsr(MSR_RESET, 0);
	/* call 196, two instructions, then 45 and a miss of at least 160 a round:
	   nearly all overflows lie in misses. */
	sample(code_block, 200, CYCLES, BOTH, 40000 / 50);
	check_range("cycles-nmis", hits, 49, 56);
	check_range("cycles-in-misses", hits_elsewhere(code_block_load), 0, hits / 3);
}

static void test_user(void)
{
	uint32_t kernel = count_rings(code_user, 1000, INSTRUCTIONS, OS);

	check("user-loop", count_rings(code_user, 1000, INSTRUCTIONS, USR), 2002);
	check("kernel-around", kernel, 5 + 7 + 2);
	check("kernel-around-2", count_rings(code_user, 77, INSTRUCTIONS, OS), kernel);
	check("both-rings", count(code_user, 1000, INSTRUCTIONS), kernel + 2002);
	/* The n-th user instruction: mov, then dec and jnz in turn. */
	sample(code_user, 1000, INSTRUCTIONS, USR, 1001);
	check("user-nmis", hits, 2);
	check("user-nmi-ip", hit_ip[0] - (uint32_t)user_loop, 2);
	check("branches-user", count_rings(code_user, 1000, BRANCHES, USR), 1000);
}

static void test_fixed_counters(void)
{
	wrmsr(MSR_CTRL, 0);
	wrmsr(MSR_EVTSEL, 0);
	wrmsr(MSR_FIXED_CTRL, 0x033);
	wrmsr(MSR_FIXED, 0);
	/* measure() writes the lower half of GLOBAL_CTRL only. */
	wrmsr(MSR_CTRL, UINT64_C(1) << 32);
	code_slide();
	wrmsr(MSR_CTRL, 0);
	check_range("fixed-slide", rdmsr(MSR_FIXED), 4002, 4020);
	check("fixed-rdpmc", rdpmc(1u << 30) == rdmsr(MSR_FIXED), 1);
	wrmsr(MSR_FIXED_CTRL, 0);
}

static void test_vector(void)
{
	LAPIC(LAPIC_LVTPC) = VECTOR;
	wrmsr(MSR_CTRL, 0);
	wrmsr(MSR_EVTSEL, INSTRUCTIONS | BOTH | INT);
	wrmsr(MSR_PMC, -100);
	measure(code_slide, 0, 1);
	check("vector-under-cli", vectored, 0);
	asm volatile("sti; nop; cli" ::: "memory");
	check("vector-after-sti", vectored, 1);
	/* Masked by its own delivery: the next overflow is seen only in the status. */
	wrmsr(MSR_PMC, -100);
	measure(code_slide, 0, 1);
	asm volatile("sti; nop; cli" ::: "memory");
	check("vector-masked", vectored, 1);
	check("vector-status", rdmsr(MSR_STATUS), 1);
	wrmsr(MSR_OVF_CTRL, 1);
}

static void test_faults(void)
{
	faults = 0;
	wrmsr(MSR_EVTSEL, 1 << 21);
	check("gp-evtsel", faults, 1);
	wrmsr(MSR_CTRL, 0x10);
	check("gp-ctrl", faults, 2);
	wrmsr(MSR_FIXED, UINT64_C(1) << 48);
	check("gp-fixed", faults, 3);
	wrmsr(MSR_STATUS, 0);
	check("gp-status", faults, 4);
	rdpmc(4);
	check("gp-rdpmc", faults, 5);
	wrmsr(MSR_EVTSEL, 0);
	check("no-gp", faults, 5);
}

void bare_main(void)
{
	load_tables();
	LAPIC(LAPIC_SPIV) = 0x1ff;
	wrmsr(MSR_CTRL, 0);
	test_cpuid();
	test_instructions();
	test_cycles();
	test_branches();
	test_memory();
	test_fetch();
	test_filters();
	test_traps();
	test_helpers();
	test_overflow();
	test_handler();
	test_event_overflow();
	test_cycle_overflow();
	test_user();
	test_fixed_counters();
	test_vector();
	test_faults();
	print("end\n");
	leave(failures);
}
