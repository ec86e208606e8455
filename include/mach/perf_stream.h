/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What travels between the recorder on the host and the agent in the guest.
 *
 * Host to guest, at boot: a cpio archive (newc) handed over as a RAM disk,
 * with the files
 *   config	text, one "key value" per line, see below
 *   attrs	an array of struct perf_event_attr, in the order of -e
 *   workload	the ELF file to run (absent with scope system and no workload)
 * Keys of config:
 *   version N		PERF_STREAM_VERSION
 *   workload NAME	task name and name of the map, no directory
 *   arg TEXT		one for each argument, in order (not argv[0])
 *   scope task|system	what the events are opened on
 *   ring-size BYTES	data bytes of each CPU's ring, a power of two
 *   watermark BYTES	0: half the ring
 *   group INDEX LEADER	event INDEX of attrs is in the group of event LEADER,
 *			which comes before it and is in no other
 *   stack-shift BYTES	the workload's stack begins so much lower (16 n <= 4096)
 *   delay LOOPS	the agent's, before the workload starts
 *   per-cpu		with scope system: each event is opened on every CPU
 *			by itself; no value
 *   budget PERCENT	of each CPU's time that overflow interrupts may take,
 *			1 to 100; without it the kernel's own
 *   interval MS	read the events so often while the workload runs
 * Unknown keys are an error.
 *
 * Guest to host: a sequence of frames through the synchronous port of the
 * emulator (or a virtio-console).  All integers are little endian.
 */
#ifndef _MACH_PERF_STREAM_H_
#define _MACH_PERF_STREAM_H_

#include <stdint.h>
#include <mach/perf_event.h>

#define PERF_STREAM_VERSION	1
#define PERF_FRAME_MAGIC	0x524d504dU	/* "MPMR" */

struct perf_frame
{
  uint32_t magic;		/* PERF_FRAME_MAGIC */
  uint16_t type;		/* PERF_FRAME_* */
  uint16_t cpu;			/* of PERF_FRAME_DATA */
  uint64_t length;		/* bytes that follow; no padding */
};

#define PERF_FRAME_HELLO	1	/* struct perf_frame_hello; the first */
#define PERF_FRAME_EVENT	2	/* struct perf_frame_event */
#define PERF_FRAME_DATA		3	/* records of one CPU's ring */
#define PERF_FRAME_OUTPUT	4	/* bytes the workload printed */
#define PERF_FRAME_EXIT		5	/* struct perf_frame_exit */
#define PERF_FRAME_STATS	6	/* struct perf_frame_stats each */
#define PERF_FRAME_ERROR	7	/* struct perf_frame_error; the last */
#define PERF_FRAME_LOG		8	/* a line of text for the log */
#define PERF_FRAME_END		9	/* empty; the last of a good session */
#define PERF_FRAME_INTERVAL	10	/* struct perf_frame_interval; STATS of
					   every event and CPU follow */
#define PERF_FRAME_OVERHEAD	11	/* struct perf_overhead_data: what was
					   spent while the events were enabled,
					   time being how long that was */

struct perf_frame_hello
{
  uint32_t version;		/* PERF_STREAM_VERSION */
  uint32_t reserved;
  uint64_t memory;		/* bytes the guest has */
  struct perf_info_data info;
};

/* An event was opened; index counts attrs from 0. */
struct perf_frame_event
{
  uint32_t index;
  uint32_t reserved;
  uint64_t id;
};

/* perf_frame_exit.how */
#define PERF_EXIT_NORMAL	0	/* code: the exit status */
#define PERF_EXIT_EXCEPTION	1	/* exception, code, subcode of Mach */

struct perf_frame_exit
{
  uint32_t how;
  int32_t status;
  int32_t exception;
  int32_t code;
  int64_t subcode;
  uint64_t ip;			/* of the fault, 0 if unknown */
};

/* Each event is read once more at the end, without such a frame before. */
struct perf_frame_interval
{
  uint64_t time;		/* ns since the events were enabled */
};

struct perf_frame_stats
{
  uint32_t index;
  uint32_t cpu;			/* with per-cpu; else 0 */
  struct perf_event_values values;
};

/* perf_frame_error.code; text says it in one line. */
#define PERF_ERROR_AGENT	1	/* the agent itself failed */
#define PERF_ERROR_NO_INTERFACE	2	/* the kernel has no perf interface */
#define PERF_ERROR_CONFIG	3	/* archive or config malformed */
#define PERF_ERROR_WORKLOAD	4	/* the workload could not be loaded */
#define PERF_ERROR_EVENT	5	/* event index refused, kern_return_t */
#define PERF_ERROR_OUTPUT	6	/* the host would not take data */
#define PERF_ERROR_GROUP	7	/* event index cannot be in its group */

struct perf_frame_error
{
  uint32_t code;
  uint32_t index;		/* of PERF_ERROR_EVENT */
  int32_t kern_return;
  uint32_t reserved;
  /* char text[], to the end of the frame */
};

PERF_STATIC_ASSERT (sizeof (struct perf_frame) == 16);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_hello) == 280);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_event) == 16);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_exit) == 32);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_interval) == 8);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_stats) == 80);
PERF_STATIC_ASSERT (sizeof (struct perf_frame_error) == 16);

/*
 * The note of a program that may run as a Mach task: owner "machperf",
 * type 1, descriptor one uint32_t PERF_STREAM_VERSION.  The recorder refuses
 * an ELF file without it.
 */
#define PERF_NOTE_OWNER		"machperf"
#define PERF_NOTE_TASK		1

#endif /* _MACH_PERF_STREAM_H_ */
