/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine for the driver: one processor with the PMU model for its MSRs, a
 * local APIC that can do what overflow interrupts need, and NMIs that work as
 * the entry stub has them.
 *
 * The driver's own state is global, so the machine is too.
 */
#ifndef TESTS_UNIT_PMU_MACHINE_H
#define TESTS_UNIT_PMU_MACHINE_H

#include <stdbool.h>
#include <i386/x86_pmu.h>
#include <vpmu.h>

#define MACHINE_MAX_OVERFLOWS 4096

/* What kind of processor CPUID tells of. */
enum machine_kind {
	MACHINE_EMULATOR,  /* the model's own leaves */
	MACHINE_NEHALEM,   /* the same without the emulator's signature */
	MACHINE_V1,	   /* perfmon version 1: no global registers */
	MACHINE_OTHER,	   /* version 2 on a model without a table */
	MACHINE_NO_LEAF,   /* maximum leaf below 0xa; the rest is garbage */
	MACHINE_ZEROS,	   /* leaf 0xa is there and all zero */
	MACHINE_DEAF,	   /* announces the PMU, ignores its registers */
	MACHINE_NO_BRANCH, /* version 2 that denies branch misses */
	MACHINE_FOREIGN,   /* another vendor, same leaf 0xa */
	MACHINE_SHORT,	   /* tells of two architectural events only */
	MACHINE_V3,	   /* full-width writes */
	MACHINE_V4,
	MACHINE_V5,	    /* fixed counters with a gap */
	MACHINE_AMD_LEGACY, /* family 10h */
	MACHINE_BULLDOZER,  /* family 15h */
	MACHINE_AMD_CORE,   /* family 17h */
	MACHINE_AMD_2,	    /* family 19h with PerfMonV2 */
	MACHINE_HYGON,	    /* family 18h of another vendor */
	MACHINE_K6,	    /* AMD before there were such counters */
	MACHINE_ZHAOXIN,    /* WuDaoKou */
	MACHINE_NR_KINDS,
};

/* A register of the counters, and what was seen of it. */
struct machine_register {
	uint32_t msr;
	uint64_t read, written; /* every bit that was 1 in a value */
};

#define MACHINE_MAX_REGISTERS 64

struct machine_overflow {
	struct pmu_event *event;
	unsigned int overflows;
	unsigned long ip;
	bool user;
	uint64_t count; /* of the event, just then */
};

#define MACHINE_HPET_WORDS 256

/* Registers of the HPET by their words: its second timer's are used. */
#define MACHINE_HPET_ID		0x000 / 4
#define MACHINE_HPET_PERIOD	0x004 / 4
#define MACHINE_HPET_CONFIG	0x010 / 4
#define MACHINE_HPET_TIMER	0x120 / 4
#define MACHINE_HPET_COMPARATOR 0x128 / 4
#define MACHINE_HPET_MESSAGE	0x130 / 4
#define MACHINE_HPET_ADDRESS	0x134 / 4

struct machine {
	struct vpmu vpmu;
	enum machine_kind kind;
	uint64_t ns; /* time stamp counter: 1 GHz */

	/* The local APIC's counter entry. */
	bool lvt_masked;
	bool nmi_pending, in_nmi;
	unsigned int accesses; /* the driver is inside an MSR access */

	/* The HPET's registers; all zero: there is none. */
	uint32_t hpet[MACHINE_HPET_WORDS];
	uint64_t hpet_due; /* ns: the next NMI of its second timer; 0: not running */

	/* What is running. */
	unsigned long ip;
	bool user;

	/* Faults put in. */
	bool hold_nmi;			   /* NMIs wait until machine_release() */
	bool lose_nmi;			   /* NMIs never arrive */
	uint32_t dropped_write;		   /* writes to this MSR do nothing; 0: none */
	uint32_t zero_read;		   /* this MSR reads as zero */
	struct machine_register lost_bits; /* in what is read from and written to the MSR */
	uint32_t firmware_msr;		   /* what firmware left here, if not 0 */
	uint64_t firmware_value;
	bool cond_changed;	   /* the bit of the status that some parts have set at boot */
	uint64_t status_bits;	   /* of no counter, set in the status and staying so */
	unsigned int entry_events; /* kernel instructions the NMI entry runs before it stops */

	/* What happened. */
	unsigned int faults; /* #GP: always a bug of the driver */
	unsigned int nmis, passed_on;
	unsigned int deferred; /* self interrupts asked for */
	char console[4096];
	struct machine_register registers[MACHINE_MAX_REGISTERS]; /* in order of first use */
	unsigned int nr_registers;
	unsigned int turns; /* calls for an overflow at which no period ended */
	unsigned int nr_overflows;
	struct machine_overflow overflows[MACHINE_MAX_OVERFLOWS];
	void (*on_overflow)(struct pmu_event *event); /* may be NULL */
};

extern struct machine machine;

/* Every kind that has counters. */
extern const enum machine_kind machine_kinds[];
extern const unsigned int machine_nr_kinds;

/* Power on, and pmu_init() and pmu_cpu_init(0). */
void machine_start(enum machine_kind kind);

/* The same of a machine with faults: only its kind and the faults are read. */
void machine_start_broken(const struct machine *broken);

/* The same without detection and self-test: what machine_start() of a sound
   machine of this kind found holds on. */
void machine_restart_broken(const struct machine *broken);

/* Run instructions in user or kernel mode; each takes a nanosecond. */
void machine_run(uint64_t instructions, bool user);

/* One modelled event happens n times, at once. */
void machine_happen(enum vpmu_event event, uint64_t n, bool user);

/* Let NMIs in that were held. */
void machine_release(void);

/* An NMI from elsewhere. */
void machine_foreign_nmi(void);

/* The sum of periods over all calls of the overflow callback for event, and
   the number of calls. */
uint64_t machine_periods(const struct pmu_event *event);
unsigned int machine_calls(const struct pmu_event *event);

/* Shorthands. */
kern_return_t event_init(struct pmu_event *event, uint32_t type, uint64_t config, uint64_t period);
void event_add(struct pmu_event *event); /* asserts that it found a counter */
void event_remove(struct pmu_event *event);
uint64_t event_count(struct pmu_event *event);

/* The model's count of wraps of the counter with this index. */
uint64_t machine_wraps(int index);

#endif
