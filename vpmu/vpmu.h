/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of an x86 performance monitoring unit: Intel's architectural
 * performance monitoring, versions 1 to 5 (SDM volume 3B, chapter 20.2), and
 * AMD's three kinds (APM volume 2, 13.2).  The kind is configured; kind.c
 * describes each.
 *
 * The same model runs inside the emulator and behind the rdmsr and wrmsr of
 * the driver's unit tests.  It knows no emulator: whoever owns it says what
 * was executed, and gets the counter-overflow interrupt through a callback.
 *
 * What is executed is counted by event and ring: steps all the time, modelled
 * events at least while a counter counts them.  A counter is a view of these
 * totals: its value stands as of its last synchronisation, to which the growth
 * of the totals since is added.  How far the running ring may go before some
 * counter overflows is kept ready, so that counting is an addition and a
 * comparison.
 *
 * One vCPU, one struct vpmu, one thread: nothing here is locked.
 */
#ifndef VPMU_VPMU_H
#define VPMU_VPMU_H

#include <stdbool.h>
#include <stdint.h>

#define VPMU_MODEL_VERSION 2

/* The most any kind has. */
#define VPMU_MAX_GENERAL  8
#define VPMU_MAX_FIXED	  4
#define VPMU_FIRST_FIXED  VPMU_MAX_GENERAL /* index of fixed counter 0 */
#define VPMU_MAX_COUNTERS (VPMU_MAX_GENERAL + VPMU_MAX_FIXED)

enum vpmu_kind {
	VPMU_INTEL_2, /* the default; 4 general and 3 fixed counters */
	VPMU_INTEL_1, /* 2 counters of 40 bits, nothing global */
	VPMU_INTEL_3, /* full-width writes, AnyThread */
	VPMU_INTEL_4, /* status can be set; streamlined freeze */
	VPMU_INTEL_5, /* 8 general; fixed 0, 1 and 3, by bitmap */
	VPMU_AMD_LEGACY,
	VPMU_AMD_CORE, /* PerfCtrExtCore: 6 counters */
	VPMU_AMD_2,    /* PerfMonV2: the same with global registers */
	VPMU_ZHAOXIN,  /* Intel's version 2, written in full width, with events of its own */
	VPMU_NR_KINDS,
};

/* Registers (SDM volume 4, table 2-2; APM volume 2, appendix A). */
enum {
	VPMU_MSR_PMC0 = 0xc1,
	VPMU_MSR_PERFEVTSEL0 = 0x186,
	VPMU_MSR_DEBUGCTL = 0x1d9,
	VPMU_MSR_FIXED_CTR0 = 0x309,
	VPMU_MSR_PERF_CAPABILITIES = 0x345,
	VPMU_MSR_FIXED_CTR_CTRL = 0x38d,
	VPMU_MSR_GLOBAL_STATUS = 0x38e,
	VPMU_MSR_GLOBAL_CTRL = 0x38f,
	VPMU_MSR_GLOBAL_OVF_CTRL = 0x390, /* from version 4: GLOBAL_STATUS_RESET */
	VPMU_MSR_GLOBAL_STATUS_SET = 0x391,
	VPMU_MSR_GLOBAL_INUSE = 0x392,
	VPMU_MSR_FULL_PMC0 = 0x4c1,
	VPMU_MSR_AMD_GLOBAL_STATUS = 0xc0000300,
	VPMU_MSR_AMD_GLOBAL_CTRL = 0xc0000301,
	VPMU_MSR_AMD_GLOBAL_CLEAR = 0xc0000302,
	VPMU_MSR_AMD_OLD_CTL0 = 0xc0010000, /* four selects, then four counters */
	VPMU_MSR_AMD_CTL0 = 0xc0010200,	    /* select and counter by turns */
	/* Paravirtual: */
	VPMU_MSR_RESET = 0x4d500000,	   /* W: forget modelled state and statistics; R: 0 */
	VPMU_MSR_STEPS = 0x4d500001,	   /* R: emulator steps so far (REP iterations each one) */
	VPMU_MSR_EVENTING_IP = 0x4d500002, /* R: struct vpmu's eventing_ip */
};

/* CPUID leaves of the model: its name, its parameters (docs/vpmu.md). */
#define VPMU_CPUID_ARCH	     0x0a
#define VPMU_CPUID_AMD_V2    0x80000022
#define VPMU_CPUID_SIGNATURE 0x4d500000
#define VPMU_CPUID_PARAMS    0x4d500001

#define VPMU_PORT_BASE 0xb80

/* What the model counts.  ref-cycles are cycles: the model's clock is steady. */
enum vpmu_event {
	VPMU_INSTRUCTIONS, /* retired; a REP instruction is one */
	VPMU_CYCLES,	   /* one per step, plus penalties */
	VPMU_BRANCHES,
	VPMU_BRANCH_MISSES,
	VPMU_L1D_MISSES,
	VPMU_LLC_REFS,
	VPMU_LLC_MISSES,
	VPMU_DTLB_MISSES,
	VPMU_LOADS,
	VPMU_STORES,
	VPMU_L1I_MISSES,
	VPMU_ITLB_MISSES,
	VPMU_NR_EVENTS,
	/* What general counter i makes of another event by its counter mask: see
	   struct vpmu_filter. */
	VPMU_FILTERED = VPMU_NR_EVENTS,
	VPMU_NR_TOTALS = VPMU_FILTERED + VPMU_MAX_GENERAL,
	VPMU_NO_EVENT = VPMU_NR_TOTALS,
};

#define VPMU_FAR INT64_MAX /* no overflow in sight */

/* Called when a counter that asks for it has overflowed: raise the interrupt
   of the LAPIC's performance LVT.  May write registers of the model. */
typedef void (*vpmu_pmi_t)(void *opaque);

/* Called at VPMU_MSR_RESET: forget caches, TLBs, predictors. */
typedef void (*vpmu_forget_t)(void *opaque);

struct vpmu_config {
	enum vpmu_kind kind;
	unsigned int icount_shift; /* nanoseconds per step, log2; for CPUID */
	uint32_t tsc_khz;	   /* for CPUID */
	vpmu_pmi_t pmi;		   /* may be NULL */
	vpmu_forget_t forget;	   /* may be NULL */
	void *opaque;		   /* for both */
};

struct vpmu_shape;

struct vpmu_counter {
	uint64_t value; /* as of snapshot */
	uint64_t snapshot;
	enum vpmu_event event; /* VPMU_NO_EVENT: stopped, or nothing we know */
	unsigned int rings;    /* bit 0 kernel, bit 1 user */
	bool interrupt;	       /* overflow asks for the interrupt */
	uint64_t overflows;    /* since the last VPMU_MSR_RESET */
	uint64_t pmis;	       /* of these, with an interrupt asked for */
};

/* What ran between two points. */
struct vpmu_span {
	uint64_t steps;
	uint64_t instructions;
	uint64_t msr_accesses;
	uint64_t lapic_accesses;
};

/* Counts about the model itself, since its birth; not what it models. */
struct vpmu_stats {
	uint64_t pmis;		 /* interrupts asked for; overflows seen together are one */
	uint64_t pmis_masked;	 /* of these, not delivered, as the LVT was masked */
	uint64_t rep_iterations; /* steps that did not retire an instruction */
	uint64_t msr_reads;
	uint64_t msr_writes;
	uint64_t lapic_accesses;
	uint64_t overflows[VPMU_NR_TOTALS]; /* by event, since VPMU_MSR_RESET */
	uint64_t nmis;			    /* handlers of NMIs that have returned, ... */
	struct vpmu_span in_nmi;	    /* ... and what they ran */
};

/*
 * Counter mask, inversion and edge detection of a general counter (SDM volume
 * 3B, 20.2.1.1; APM volume 2, 13.2.1): it counts cycles by how many events
 * they have.  In the model a step is one cycle, in which all happens that it
 * does, and its penalties are cycles after it in which nothing does (but the
 * cycles themselves).
 */
struct vpmu_filter {
	enum vpmu_event base; /* VPMU_NO_EVENT: no filter */
	unsigned int cmask;   /* at least 1 */
	bool inverted;	      /* cycles with fewer than cmask */
	bool edge;	      /* only the first cycle of a row */
	bool asserted;	      /* the latest cycle was counted, or would be but for edge */
	uint64_t seen[2];     /* of the base's totals, by ring: what earlier steps had */
};

/* The step that runs, for the filters. */
struct vpmu_step {
	bool open; /* it has begun and not ended */
	unsigned int ring;
	uint64_t repeats;	    /* REP iterations before it */
	uint64_t penalties_seen[2]; /* as struct vpmu_filter's seen */
};

struct vpmu {
	/* Read by the hot path. */
	int64_t left[VPMU_NR_TOTALS];	   /* events to the next overflow in the armed ring */
	uint64_t total[VPMU_NR_TOTALS][2]; /* by ring: 0 kernel, 1 user */
	uint32_t active;		   /* bit: counter that counts */
	unsigned int armed;		   /* the ring of vpmu_arm() */

	struct vpmu_counter counters[VPMU_MAX_COUNTERS]; /* general, fixed from VPMU_FIRST_FIXED */
	uint64_t evtsel[VPMU_MAX_GENERAL];
	uint64_t fixed_ctrl;
	uint64_t global_ctrl;
	uint64_t global_status;
	uint64_t debugctl;
	uint32_t counting; /* bit: event some counter counts */
	uint32_t filtered; /* bit: general counter that counts by a filter */
	struct vpmu_filter filters[VPMU_MAX_GENERAL];
	struct vpmu_step step;

	/* The instruction that caused the latest overflow interrupt; 0: not
	   known (the overflow came with a plain step).  Its owner's. */
	uint64_t eventing_ip;

	uint64_t steps;
	uint64_t penalties[2];	    /* of the cycles: by ring, all but the steps */
	bool nmi_runs;		    /* the handler of an NMI ... */
	struct vpmu_span nmi_start; /* ... since then, in totals */
	struct vpmu_stats stats;

	/* What vpmu_init() was given: no state. */
	const struct vpmu_shape *shape; /* what kind it is */
	struct vpmu_config config;
};

/* Bring a new model to its state at power-on. */
void vpmu_init(struct vpmu *p, const struct vpmu_config *config);

/* RESET of the CPU: the registers as at power-on (SDM volume 3A, table 10-1:
   every general counter enabled in GLOBAL_CTRL); totals and statistics stay. */
void vpmu_reset(struct vpmu *p);

/* A leaf of CPUID into regs (eax, ebx, ecx, edx); false: not one of ours. */
bool vpmu_cpuid(const struct vpmu *p, uint32_t leaf, uint32_t regs[4]);

/* Make the bits of other leaves agree with the model: PDCM, PerfCtrExtCore,
   the highest extended leaf. */
void vpmu_cpuid_features(const struct vpmu *p, uint32_t leaf, uint32_t regs[4]);

/* Whether this kind has the counter with this index in counters[]. */
bool vpmu_has_counter(const struct vpmu *p, unsigned int index);

enum vpmu_access {
	VPMU_ACCESS_OK,
	VPMU_ACCESS_UNKNOWN, /* not a register of ours */
	VPMU_ACCESS_FAULT,   /* #GP(0) */
};

/* Registers.  A read is exact up to what was counted before it; a write works
   from the next step on.  A write that asks for less room than ran already
   changes left[]: look at vpmu_room() afterwards. */
enum vpmu_access vpmu_rdmsr(struct vpmu *p, uint32_t msr, uint64_t *value);
enum vpmu_access vpmu_wrmsr(struct vpmu *p, uint32_t msr, uint64_t value);

/* RDPMC with this ECX (CR4.PCE is the caller's); false: #GP(0). */
bool vpmu_rdpmc(struct vpmu *p, uint32_t ecx, uint64_t *value);

/*
 * For tests and other simple owners: something happened at this privilege
 * level.  The interrupt is asked for at the exact event, and what its callback
 * changes holds for the rest.
 */
void vpmu_advance(struct vpmu *p, uint64_t instructions, unsigned int cpl);
void vpmu_event(struct vpmu *p, enum vpmu_event event, uint64_t n, unsigned int cpl);

/*
 * For the emulator, which counts first and looks afterwards.
 */

static inline unsigned int vpmu_ring(unsigned int cpl)
{
	return cpl != 0;
}

/* Count n events in a ring; true: an overflow is due, so vpmu_sync() soon.
   One of another ring than the armed is found when that is armed. */
static inline bool vpmu_count(struct vpmu *p, enum vpmu_event event, uint64_t n, unsigned int ring)
{
	p->total[event][ring] += n;
	if (ring != p->armed)
		return false;
	p->left[event] -= (int64_t)n;
	return p->left[event] <= 0;
}

/* Count steps of a ring, of which so many were repeats of a REP instruction
   that was already counted. */
void vpmu_count_steps(struct vpmu *p, uint64_t steps, uint64_t repeats, unsigned int ring);

/* Bring counters and status up to date; overflows ask for their interrupt. */
void vpmu_sync(struct vpmu *p);

/* Make left[] right for a ring: needed after vpmu_sync() and when the ring
   changes.  Returns the steps this ring may go, penalties aside, before an
   overflow of instructions or cycles; VPMU_FAR: none; 0: some counter has
   overflowed already. */
int64_t vpmu_arm(struct vpmu *p, unsigned int ring);

/*
 * While there are filters, their owner tells of each step: it begins (repeats:
 * REP iterations so far that were steps of their own), and ends when the next
 * begins or vpmu_step_end() says so, which is to be before registers are read
 * or written.  One that was taken back (a fault, or it will be run again) gives
 * its events to the next.
 */
static inline bool vpmu_has_filters(const struct vpmu *p)
{
	return p->filtered != 0;
}

/* True: an overflow is due. */
bool vpmu_step_begin(struct vpmu *p, unsigned int ring, uint64_t repeats);
bool vpmu_step_end(struct vpmu *p, uint64_t repeats);
void vpmu_step_take_back(struct vpmu *p);

/* An NMI was delivered: its handler begins with the next step.  All steps so
   far have been counted. */
void vpmu_nmi_begin(struct vpmu *p);

/* The handler has returned to what it interrupted, and all steps up to and
   with its IRET have been counted. */
void vpmu_nmi_end(struct vpmu *p);

/* True while some counter counts one of these events (bit: event). */
static inline bool vpmu_counts(const struct vpmu *p, uint32_t events)
{
	return (p->counting & events) != 0;
}

#endif
