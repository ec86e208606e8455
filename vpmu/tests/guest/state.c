/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of the PMU's state, bare metal: while the machine is saved and
 * loaded, at RESET and at INIT.  Prints a line of counts for each round of
 * work, which saving must not change, then resets the machine, and says what
 * it found after that; leaves with the number of failures.  On a processor of
 * AMD it only looks at the state of the LVT after an interrupt.
 */
#include "bare.h"

#define INSTRUCTIONS 0x00c0
#define L1D_MISSES   0x0151
#define BRANCH_MISS  0x00c5
#define CYCLES	     0x003c
#define STALLS	     0x018400c0 /* instructions, mask 1, inverted, edge */

#define BOTH 0x430000
#define INT  0x100000

#define MSR_PMC	       0xc1
#define MSR_EVTSEL     0x186
#define MSR_DEBUGCTL   0x1d9
#define MSR_FIXED      0x309
#define MSR_FIXED_CTRL 0x38d
#define MSR_STATUS     0x38e
#define MSR_CTRL       0x38f
#define MSR_OVF_CTRL   0x390
#define MSR_STEPS      0x4d500001
#define MSR_AMD_EVTSEL 0xc0010000
#define MSR_AMD_PMC    0xc0010004

#define LVT_NMI	    0x400
#define LAPIC(reg)  (*(volatile uint32_t *)(0xfee00000 + (reg)))
#define LAPIC_SPIV  0x0f0
#define LAPIC_ICR   0x300
#define LAPIC_LVTPC 0x340

#define ICR_ALL_BUT_SELF 0xc0000
#define ICR_INIT	 0x4500
#define ICR_STARTUP	 0x4600

#define ROUNDS 60

/* Survives a reset: memory beyond the image, which is loaded anew. */
#define MARK (*(volatile uint32_t *)0x1000000)

/* Where the other processor starts, and what it says there (other.S). */
#define OTHER_CODE   0x8000
#define OTHER_VISITS (*(volatile uint32_t *)0x9000)
#define OTHER_SELECT (*(volatile uint32_t *)0x9004)
#define OTHER_COUNT  (*(volatile uint32_t *)0x9008)

typedef void code(void);

void measure(code *c, uint32_t arg, uint32_t counters);
extern code code_block, code_random, code_rep;
extern char other_start[], other_end[];

uint32_t reload, reenable;
volatile uint32_t faults;
static volatile uint32_t hits;
static uint32_t lvt_at_hit;
static uint32_t failures;

static void check(const char *name, uint32_t got, uint32_t wanted)
{
	print(got == wanted ? "ok " : "FAIL ");
	print(name);
	if (got != wanted) {
		failures++;
		print(" got ");
		print_number(got);
		print(" wanted ");
		print_number(wanted);
	}
	print("\n");
}

void on_overflow(uint32_t ip)
{
	(void)ip;
	hits++;
	lvt_at_hit = LAPIC(LAPIC_LVTPC);
	wrmsr(MSR_OVF_CTRL, rdmsr(MSR_STATUS));
	LAPIC(LAPIC_LVTPC) = LVT_NMI;
}

void on_vector(void)
{
}

static void put(const char *name, uint32_t n)
{
	print(name);
	print_number(n);
}

/* All parts of the model at once, with an interrupt every 1000 misses. */
static void work(void)
{
	static const uint32_t selects[] = {L1D_MISSES | BOTH | INT, CYCLES | BOTH,
					   BRANCH_MISS | BOTH, STALLS | BOTH};

	LAPIC(LAPIC_LVTPC) = LVT_NMI;
	reload = -1000;
	reenable = 0xf;
	wrmsr(MSR_CTRL, 0);
	for (uint32_t i = 0; i < 4; i++) {
		wrmsr(MSR_EVTSEL + i, selects[i]);
		wrmsr(MSR_PMC + i, i ? 0 : reload);
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		measure(code_block, 4096, 0xf);
		measure(code_random, 40000, 0xf);
		measure(code_rep, 100000 + round, 0xf);
		put("round ", round);
		put(" hits ", hits);
		put(" misses ", rdmsr(MSR_PMC));
		put(" cycles ", rdmsr(MSR_PMC + 1));
		put(" branches ", rdmsr(MSR_PMC + 2));
		put(" stalls ", rdmsr(MSR_PMC + 3));
		put(" steps ", rdmsr(MSR_STEPS));
		print("\n");
	}
}

static void set_all(void)
{
	wrmsr(MSR_EVTSEL, INSTRUCTIONS | BOTH);
	wrmsr(MSR_PMC, 12345);
	wrmsr(MSR_FIXED_CTRL, 0x333);
	wrmsr(MSR_FIXED + 1, 777);
	wrmsr(MSR_DEBUGCTL, 1 << 12);
	wrmsr(MSR_CTRL, 3);
}

static void test_reset(void)
{
	check("reset-ctrl", rdmsr(MSR_CTRL), 0xf);
	check("reset-evtsel", rdmsr(MSR_EVTSEL), 0);
	check("reset-pmc", rdmsr(MSR_PMC), 0);
	check("reset-fixed-ctrl", rdmsr(MSR_FIXED_CTRL), 0);
	check("reset-fixed", rdmsr(MSR_FIXED + 1), 0);
	check("reset-debugctl", rdmsr(MSR_DEBUGCTL), 0);
	check("reset-status", rdmsr(MSR_STATUS), 0);
	check("reset-steps-go-on", rdmsr(MSR_STEPS) > MARK, 1);
}

/* AMD's entry of the LVT does not mask itself at the delivery.  The handler's
   accesses to Intel's registers are faults, which are skipped. */
static void test_amd(void)
{
	LAPIC(LAPIC_LVTPC) = LVT_NMI;
	wrmsr(MSR_AMD_PMC, -100);
	wrmsr(MSR_AMD_EVTSEL, INSTRUCTIONS | BOTH | INT);
	for (volatile uint32_t i = 0; i < 1000; i++)
		;
	wrmsr(MSR_AMD_EVTSEL, 0);
	check("amd-hits", hits, 1);
	check("amd-lvt", lvt_at_hit, LVT_NMI);
}

static int is_amd(void)
{
	uint32_t regs[4];

	cpuid(0, regs);
	return regs[1] == 0x68747541; /* "Auth" */
}

/* The other processor, if there is one, until it has been here n times. */
static uint32_t start_other(uint32_t n)
{
	LAPIC(LAPIC_ICR) = ICR_ALL_BUT_SELF | ICR_INIT;
	for (volatile uint32_t i = 0; i < 100000; i++)
		;
	LAPIC(LAPIC_ICR) = ICR_ALL_BUT_SELF | ICR_STARTUP | OTHER_CODE >> 12;
	for (volatile uint32_t i = 0; i < 1000000 && OTHER_VISITS < n; i++)
		;
	return OTHER_VISITS;
}

/* It wrote 0x4300c0 and 1000 to its first counter the first time, and reads
   them the second: INIT leaves them, counting. */
static void test_init(void)
{
	for (uint32_t i = 0; &other_start[i] < other_end; i++)
		((volatile char *)OTHER_CODE)[i] = other_start[i];
	OTHER_VISITS = 0;
	check("other-starts", start_other(1), 1);
	check("other-starts-again", start_other(2), 2);
	check("init-evtsel", OTHER_SELECT, INSTRUCTIONS | BOTH);
	/* A handful of its instructions lie between. */
	check("init-pmc", OTHER_COUNT > 1000 && OTHER_COUNT < 1020, 1);
}

void bare_main(void)
{
	load_tables();
	LAPIC(LAPIC_SPIV) = 0x1ff;
	if (is_amd()) {
		test_amd();
		print("end\n");
		leave(failures);
	}
	if (MARK == 0) {
		work();
		set_all();
		MARK = rdmsr(MSR_STEPS);
		outb(0xcf9, 2);
		outb(0xcf9, 6);
		for (;;)
			asm volatile("cli; hlt");
	}
	test_reset();
	test_init();
	print("end\n");
	leave(failures);
}
