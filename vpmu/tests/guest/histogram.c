/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts by address, bare metal: runs pieces of bare.S with four events
 * counted and prints what the counters say, and where the pieces stand.  What
 * the emulator wrote by address is compared with both by run.py.
 */
#include "bare.h"

#define ROUNDS 1000

#define INSTRUCTIONS 0x00c0
#define CYCLES	     0x003c
#define LOADS	     0x010b
#define BRANCHES     0x00c4
#define USR	     0x010000
#define OS	     0x020000
#define INT	     0x100000
#define EN	     0x400000

#define MSR_PMC	   0xc1
#define MSR_EVTSEL 0x186
#define MSR_CTRL   0x38f
#define MSR_RESET  0x4d500000

typedef void code(void);

void measure(code *c, uint32_t arg, uint32_t counters);
extern code code_loop, code_rep, code_block, code_user;
extern char code_block_load[], user_loop[];

/* bare.S refers to these; the LVT stays masked. */
uint32_t reload, reenable, faults;

void on_overflow(uint32_t ip)
{
	(void)ip;
}

void on_vector(void)
{
}

static void put(const char *name, uint32_t value)
{
	print(name);
	print(" ");
	print_number(value);
	print("\n");
}

void bare_main(void)
{
	static const uint16_t events[4] = {INSTRUCTIONS, CYCLES, LOADS, BRANCHES};
	static const char *const names[4] = {"instructions", "cycles", "loads", "branches"};
	/* The third load of some block overflows: that instruction is taken back. */
	static const int32_t starts[4] = {0, 0, -503, 0};

	load_tables();
	wrmsr(MSR_CTRL, 0);
	wrmsr(MSR_RESET, 0);
	for (uint32_t i = 0; i < 4; i++) {
		wrmsr(MSR_PMC + i, (uint32_t)starts[i]);
		wrmsr(MSR_EVTSEL + i, events[i] | USR | OS | INT | EN);
	}
	measure(code_loop, ROUNDS, 0xf);
	measure(code_rep, ROUNDS, 0xf);
	measure(code_block, ROUNDS, 0xf);
	measure(code_user, ROUNDS, 0xf);
	for (uint32_t i = 0; i < 4; i++)
		put(names[i], (uint32_t)rdmsr(MSR_PMC + i) - (uint32_t)starts[i]);
	put("code_loop", (uint32_t)code_loop);
	put("code_rep", (uint32_t)code_rep);
	put("code_block_load", (uint32_t)code_block_load);
	put("user_loop", (uint32_t)user_loop);
	put("end", 0);
	leave(0);
}
