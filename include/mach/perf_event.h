/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binary interface of machperf: event attributes, records, rings.
 *
 * Attributes and records are bit for bit those of perf_event_open(2), so
 * that what the kernel writes into a ring is what stands in a perf.data
 * file and stock tools read it.  The constants keep the names they have
 * there; never include this header together with <linux/perf_event.h>.
 *
 * All structures have the same layout for 32- and 64-bit callers.
 */
#ifndef _MACH_PERF_EVENT_H_
#define _MACH_PERF_EVENT_H_

#include <stddef.h>
#include <stdint.h>

/* Version of this interface, answered by perf_info(). */
#define PERF_ABI_VERSION	1

/*
 * Answer of perf_event_open() for an event this machine cannot count.  Mach
 * has no such code of its own; the value is XNU's.
 */
#define KERN_NOT_SUPPORTED	46

/* perf_event_attr.type */
#define PERF_TYPE_HARDWARE	0
#define PERF_TYPE_SOFTWARE	1
#define PERF_TYPE_TRACEPOINT	2
#define PERF_TYPE_HW_CACHE	3
#define PERF_TYPE_RAW		4

/* perf_event_attr.config of PERF_TYPE_HARDWARE */
#define PERF_COUNT_HW_CPU_CYCLES		0
#define PERF_COUNT_HW_INSTRUCTIONS		1
#define PERF_COUNT_HW_CACHE_REFERENCES		2
#define PERF_COUNT_HW_CACHE_MISSES		3
#define PERF_COUNT_HW_BRANCH_INSTRUCTIONS	4
#define PERF_COUNT_HW_BRANCH_MISSES		5
#define PERF_COUNT_HW_BUS_CYCLES		6
#define PERF_COUNT_HW_STALLED_CYCLES_FRONTEND	7
#define PERF_COUNT_HW_STALLED_CYCLES_BACKEND	8
#define PERF_COUNT_HW_REF_CPU_CYCLES		9
#define PERF_COUNT_HW_MAX			10

/* perf_event_attr.config of PERF_TYPE_SOFTWARE */
#define PERF_COUNT_SW_CPU_CLOCK			0
#define PERF_COUNT_SW_TASK_CLOCK		1
#define PERF_COUNT_SW_PAGE_FAULTS		2
#define PERF_COUNT_SW_CONTEXT_SWITCHES		3
#define PERF_COUNT_SW_DUMMY			9
#define PERF_COUNT_SW_BPF_OUTPUT		10 /* perf's, and here: ns off
						      the CPU, blocked */

/* perf_event_attr.config of PERF_TYPE_HW_CACHE: id | op << 8 | result << 16 */
#define PERF_COUNT_HW_CACHE_L1D			0
#define PERF_COUNT_HW_CACHE_L1I			1
#define PERF_COUNT_HW_CACHE_LL			2
#define PERF_COUNT_HW_CACHE_DTLB		3
#define PERF_COUNT_HW_CACHE_ITLB		4
#define PERF_COUNT_HW_CACHE_BPU			5
#define PERF_COUNT_HW_CACHE_MAX			7
#define PERF_COUNT_HW_CACHE_OP_READ		0
#define PERF_COUNT_HW_CACHE_OP_WRITE		1
#define PERF_COUNT_HW_CACHE_OP_PREFETCH		2
#define PERF_COUNT_HW_CACHE_OP_MAX		3
#define PERF_COUNT_HW_CACHE_RESULT_ACCESS	0
#define PERF_COUNT_HW_CACHE_RESULT_MISS		1
#define PERF_COUNT_HW_CACHE_RESULT_MAX		2

/* perf_event_attr.sample_type */
#define PERF_SAMPLE_IP			(1U << 0)
#define PERF_SAMPLE_TID			(1U << 1)
#define PERF_SAMPLE_TIME		(1U << 2)
#define PERF_SAMPLE_ADDR		(1U << 3)
#define PERF_SAMPLE_READ		(1U << 4)
#define PERF_SAMPLE_CALLCHAIN		(1U << 5)
#define PERF_SAMPLE_ID			(1U << 6)
#define PERF_SAMPLE_CPU			(1U << 7)
#define PERF_SAMPLE_PERIOD		(1U << 8)
#define PERF_SAMPLE_STREAM_ID		(1U << 9)
#define PERF_SAMPLE_RAW			(1U << 10)
#define PERF_SAMPLE_BRANCH_STACK	(1U << 11)
#define PERF_SAMPLE_REGS_USER		(1U << 12)
#define PERF_SAMPLE_STACK_USER		(1U << 13)
#define PERF_SAMPLE_WEIGHT		(1U << 14)
#define PERF_SAMPLE_DATA_SRC		(1U << 15)
#define PERF_SAMPLE_IDENTIFIER		(1U << 16)

/* perf_event_attr.read_format */
#define PERF_FORMAT_TOTAL_TIME_ENABLED	(1U << 0)
#define PERF_FORMAT_TOTAL_TIME_RUNNING	(1U << 1)
#define PERF_FORMAT_ID			(1U << 2)
#define PERF_FORMAT_GROUP		(1U << 3)
#define PERF_FORMAT_LOST		(1U << 4)

/* perf_event_attr.flags, the bit-field of the original by bit number */
#define PERF_ATTR_DISABLED			(1ULL << 0)
#define PERF_ATTR_INHERIT			(1ULL << 1)
#define PERF_ATTR_PINNED			(1ULL << 2)
#define PERF_ATTR_EXCLUSIVE			(1ULL << 3)
#define PERF_ATTR_EXCLUDE_USER			(1ULL << 4)
#define PERF_ATTR_EXCLUDE_KERNEL		(1ULL << 5)
#define PERF_ATTR_EXCLUDE_HV			(1ULL << 6)
#define PERF_ATTR_EXCLUDE_IDLE			(1ULL << 7)
#define PERF_ATTR_MMAP				(1ULL << 8)
#define PERF_ATTR_COMM				(1ULL << 9)
#define PERF_ATTR_FREQ				(1ULL << 10)
#define PERF_ATTR_INHERIT_STAT			(1ULL << 11)
#define PERF_ATTR_ENABLE_ON_EXEC		(1ULL << 12)
#define PERF_ATTR_TASK				(1ULL << 13)
#define PERF_ATTR_WATERMARK			(1ULL << 14)
#define PERF_ATTR_PRECISE_IP_SHIFT		15	/* two bits */
#define PERF_ATTR_MMAP_DATA			(1ULL << 17)
#define PERF_ATTR_SAMPLE_ID_ALL			(1ULL << 18)
#define PERF_ATTR_EXCLUDE_HOST			(1ULL << 19)
#define PERF_ATTR_EXCLUDE_GUEST			(1ULL << 20)
#define PERF_ATTR_EXCLUDE_CALLCHAIN_KERNEL	(1ULL << 21)
#define PERF_ATTR_EXCLUDE_CALLCHAIN_USER	(1ULL << 22)
#define PERF_ATTR_MMAP2				(1ULL << 23)
#define PERF_ATTR_COMM_EXEC			(1ULL << 24)
#define PERF_ATTR_USE_CLOCKID			(1ULL << 25)
#define PERF_ATTR_CONTEXT_SWITCH		(1ULL << 26)
#define PERF_ATTR_BUILD_ID			(1ULL << 34)

/* What to count or sample: struct perf_event_attr, PERF_ATTR_SIZE_VER7. */
struct perf_event_attr
{
  uint32_t type;		/* PERF_TYPE_* */
  uint32_t size;		/* sizeof (struct perf_event_attr) */
  uint64_t config;		/* PERF_COUNT_*, or a raw encoding */
  uint64_t sample_period;	/* events per sample; Hz if PERF_ATTR_FREQ;
				   0 counts only */
  uint64_t sample_type;		/* PERF_SAMPLE_* */
  uint64_t read_format;		/* PERF_FORMAT_* */
  uint64_t flags;		/* PERF_ATTR_* */
  uint32_t wakeup_watermark;	/* bytes in the ring before a wake-up */
  uint32_t bp_type;		/* 0 */
  uint64_t config1;
  uint64_t config2;
  uint64_t branch_sample_type;
  uint64_t sample_regs_user;
  uint32_t sample_stack_user;
  int32_t clockid;
  uint64_t sample_regs_intr;
  uint32_t aux_watermark;
  uint16_t sample_max_stack;	/* frames a callchain holds; 0: 127 */
  uint16_t reserved2;
  uint32_t aux_sample_size;
  uint32_t reserved3;
  uint64_t sig_data;
};

#define PERF_MAX_STACK_DEPTH	127

/* What stands before the registers of PERF_SAMPLE_REGS_USER. */
#define PERF_SAMPLE_REGS_ABI_NONE	0	/* none follow */
#define PERF_SAMPLE_REGS_ABI_32		1
#define PERF_SAMPLE_REGS_ABI_64		2

/* perf_event_header.type */
#define PERF_RECORD_MMAP		1
#define PERF_RECORD_LOST		2
#define PERF_RECORD_COMM		3
#define PERF_RECORD_EXIT		4
#define PERF_RECORD_THROTTLE		5
#define PERF_RECORD_UNTHROTTLE		6
#define PERF_RECORD_FORK		7
#define PERF_RECORD_READ		8
#define PERF_RECORD_SAMPLE		9
#define PERF_RECORD_MMAP2		10
#define PERF_RECORD_AUX			11
#define PERF_RECORD_ITRACE_START	12
#define PERF_RECORD_LOST_SAMPLES	13
#define PERF_RECORD_SWITCH		14
#define PERF_RECORD_SWITCH_CPU_WIDE	15

/* perf_event_header.misc */
#define PERF_RECORD_MISC_CPUMODE_MASK	7
#define PERF_RECORD_MISC_CPUMODE_UNKNOWN 0
#define PERF_RECORD_MISC_KERNEL		1
#define PERF_RECORD_MISC_USER		2
#define PERF_RECORD_MISC_COMM_EXEC	(1 << 13)
#define PERF_RECORD_MISC_SWITCH_OUT	(1 << 13)
#define PERF_RECORD_MISC_SWITCH_OUT_PREEMPT (1 << 14)
#define PERF_RECORD_MISC_EXACT_IP	(1 << 14)
#define PERF_RECORD_MISC_MMAP_BUILD_ID	(1 << 14)

/* Every record begins so; size counts the header and is a multiple of 8. */
struct perf_event_header
{
  uint32_t type;
  uint16_t misc;
  uint16_t size;
};

/* Markers in a callchain: what follows ran in this mode. */
#define PERF_CONTEXT_KERNEL	((uint64_t) -128)
#define PERF_CONTEXT_USER	((uint64_t) -512)
#define PERF_CONTEXT_MAX	((uint64_t) -4095)

struct perf_record_lost
{
  struct perf_event_header header;
  uint64_t id;
  uint64_t lost;		/* records lost since the last such record */
  /* sample_id */
};

struct perf_record_comm
{
  struct perf_event_header header;
  uint32_t pid, tid;
  /* char comm[], padded with zeros to 8 bytes; sample_id */
};

/* PERF_RECORD_FORK and PERF_RECORD_EXIT */
struct perf_record_task
{
  struct perf_event_header header;
  uint32_t pid, ppid;
  uint32_t tid, ptid;
  uint64_t time;
  /* sample_id */
};

/* PERF_RECORD_MMAP2 with PERF_RECORD_MISC_MMAP_BUILD_ID */
struct perf_record_mmap2
{
  struct perf_event_header header;
  uint32_t pid, tid;
  uint64_t addr;
  uint64_t len;
  uint64_t pgoff;
  uint8_t build_id_size;
  uint8_t reserved1;
  uint16_t reserved2;
  uint8_t build_id[20];
  uint32_t prot, flags;
  /* char filename[], padded with zeros to 8 bytes; sample_id */
};

/*
 * A ring: one control page, then a power of two of data bytes.  A buffer
 * holds one ring per CPU, each stride bytes after the one before.
 *
 * Only the kernel writes data_head, only the recorder writes data_tail; both
 * count bytes and never wrap.  The recorder reads data_head (acquire), the
 * records up to it, then stores data_tail (release).  The kernel never
 * believes data_tail beyond what it checks.
 */
struct perf_ring_page
{
  uint32_t version;		/* PERF_ABI_VERSION */
  uint32_t cpu;
  uint64_t data_offset;		/* of the data, from this page */
  uint64_t data_size;		/* bytes, a power of two */
  uint64_t stride;		/* from one CPU's control page to the next */
  uint64_t lost;		/* records that found no room, all in all */
  uint64_t reserved0[3];
  uint64_t data_head;		/* offset 64: the kernel's cache line */
  uint64_t reserved1[7];
  uint64_t data_tail;		/* offset 128: the recorder's */
  uint64_t reserved2[7];
};

/* perf_buffer_wait(): why it returned */
#define PERF_WAIT_DATA		1	/* a ring passed its watermark */
#define PERF_WAIT_HANGUP	2	/* every event lost its target */
#define PERF_WAIT_TIMEOUT	4

/* perf_info_data.pmu_kind */
#define PERF_PMU_NONE		0
#define PERF_PMU_CLOCK		1	/* the clock interrupt only */
#define PERF_PMU_INTEL		2	/* architectural perfmon */
#define PERF_PMU_AMD		3
#define PERF_PMU_ZHAOXIN	4

/* perf_info_data.flags */
#define PERF_INFO_EMULATED	1	/* the emulator's deterministic PMU */
#define PERF_INFO_NMI		2	/* overflows arrive as NMI */

/* What perf_info() answers. */
struct perf_info_data
{
  uint32_t abi_version;		/* PERF_ABI_VERSION */
  uint32_t nr_cpus;
  uint32_t pmu_kind;		/* PERF_PMU_* */
  uint32_t pmu_version;		/* architectural version */
  uint32_t nr_counters;		/* general */
  uint32_t nr_fixed;
  uint32_t counter_width;	/* bits */
  uint32_t min_period;		/* the smallest sample_period accepted */
  uint32_t flags;		/* PERF_INFO_* */
  uint32_t model_version;	/* of the emulated PMU, else 0 */
  uint32_t icount_shift;	/* of the emulator, else 0 */
  uint32_t tsc_khz;		/* 0: unknown */
  uint64_t hw_events;		/* bit n: PERF_COUNT_HW n can be counted */
  char cpu_name[48];		/* CPUID brand string, NUL ended */
  char pmu_name[32];		/* NUL ended */
  char kernel_version[128];	/* of the running kernel, NUL ended */
};

/* What perf_event_read() answers. */
struct perf_event_values
{
  uint64_t id;
  uint64_t value;		/* events counted */
  uint64_t time_enabled;	/* ns */
  uint64_t time_running;	/* ns it was on a counter */
  uint64_t samples;		/* records written */
  uint64_t lost;		/* samples that found no room */
  uint64_t throttled;		/* periods without a sample by the throttle */
  uint64_t coalesced;		/* overflows that shared another's sample */
  uint64_t held;		/* of throttled: those that ended while the
				   throttle let no overflow come */
};

/* What perf_overhead() answers, of all CPUs since the start. */
struct perf_overhead_data
{
  uint64_t nmis;		/* overflow interrupts */
  uint64_t nmi_ns;		/* that they took */
  uint64_t hooks;		/* switches, clock ticks, deferred work */
  uint64_t hook_ns;		/* that we took there */
  uint64_t time;		/* ns, now */
  uint32_t nr_cpus;
  uint32_t budget;		/* percent of a CPU's time; 100: no limit */
};

#define PERF_STATIC_ASSERT(what) _Static_assert (what, #what)

PERF_STATIC_ASSERT (sizeof (struct perf_event_attr) == 128);
PERF_STATIC_ASSERT (offsetof (struct perf_event_attr, flags) == 40);
PERF_STATIC_ASSERT (offsetof (struct perf_event_attr, sample_max_stack) == 108);
PERF_STATIC_ASSERT (offsetof (struct perf_event_attr, sig_data) == 120);
PERF_STATIC_ASSERT (sizeof (struct perf_event_header) == 8);
PERF_STATIC_ASSERT (sizeof (struct perf_record_lost) == 24);
PERF_STATIC_ASSERT (sizeof (struct perf_record_comm) == 16);
PERF_STATIC_ASSERT (sizeof (struct perf_record_task) == 32);
PERF_STATIC_ASSERT (sizeof (struct perf_record_mmap2) == 72);
PERF_STATIC_ASSERT (offsetof (struct perf_ring_page, data_head) == 64);
PERF_STATIC_ASSERT (offsetof (struct perf_ring_page, data_tail) == 128);
PERF_STATIC_ASSERT (sizeof (struct perf_ring_page) == 192);
PERF_STATIC_ASSERT (sizeof (struct perf_info_data) == 264);
PERF_STATIC_ASSERT (sizeof (struct perf_event_values) == 72);
PERF_STATIC_ASSERT (sizeof (struct perf_overhead_data) == 48);

#endif /* _MACH_PERF_EVENT_H_ */
