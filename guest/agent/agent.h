/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The agent: one recording session in the guest.
 *
 * main.c goes through the session; port.c writes frames to the host, disk.c
 * reads the archive, processors.c puts every processor to work, loader.c makes
 * the task, events.c opens and closes the events, interval.c reads them now and
 * then, drain.c empties the rings, serve.c listens to the task.  archive.c, config.c and elf.c are
 * pure parsers.
 *
 * Two threads: the first waits for rings to fill, the second serves the
 * task's messages; a third is there for intervals.  All write frames, so all
 * take the output's lock first;
 * it also covers the rings.  The first holds it until the task runs, and the
 * thread that ends the session never gives it back.
 */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <mach/mach_types.h>
#include <mach/perf_stream.h>
#include "archive.h"
#include "config.h"
#include "elf.h"

#define AGENT_MAX_EVENTS CONFIG_MAX_EVENTS
#define AGENT_MAX_CPUS	 64

/* The way to the host. */
struct output {
	vm_address_t buffer; /* physically contiguous */
	uint64_t physical;   /* address of buffer */
	uint32_t lock;	     /* 0 or 1; who holds it owns buffer, the port, the rings */
};

/* The rings of the buffer, mapped. */
struct rings {
	mach_port_t buffer; /* MACH_PORT_NULL before it is made */
	vm_address_t address;
	uint64_t physical[AGENT_MAX_CPUS];
};

struct workload {
	task_t task; /* MACH_PORT_NULL without one */
	thread_t thread;
	bool has_exit;
	struct perf_frame_exit exit; /* status -1 until has_exit; the serving thread's */
};

struct agent {
	mach_port_t host, device; /* privileged host port, master device port */
	mach_port_t service;	  /* receive right: what the task sends */
	struct output output;
	struct config config;
	struct perf_info_data info;
	const struct perf_event_attr *attrs;
	mach_port_t events[AGENT_MAX_CPUS][AGENT_MAX_EVENTS]; /* of CPU 0 alone but for per-cpu */
	unsigned nr_attrs, nr_parts;	    /* events asked for; CPUs that have their own */
	struct perf_overhead_data overhead; /* when the events were enabled */
	struct rings rings;
	struct workload workload;
};

/* port.c */

/* Get the emulator's port and the frame buffer, and take the lock.  Without
   the port, says so on the console and ends the task. */
void output_open(struct agent *agent);

/* Everything below, and whatever calls it, is done with the lock held. */
void output_lock(struct agent *agent);
void output_unlock(struct agent *agent);

/* Send one frame of TYPE: PART1 then PART2 (which may be of 0 bytes), together
   at most OUTPUT_FRAME_MAX bytes.  If the host takes no more data, the
   emulator ends with PERF_ERROR_OUTPUT. */
#define OUTPUT_FRAME_MAX 65536
void output_frame(struct agent *agent, unsigned type, const void *part1, size_t size1,
		  const void *part2, size_t size2);

/* Two ranges of guest-physical memory as one frame of records of CPU. */
struct physical_range {
	uint64_t address;
	uint32_t size;
};
void output_data(struct agent *agent, unsigned cpu, const struct physical_range ranges[2]);

/* The session failed: an ERROR frame with the text, then the emulator ends
   with CODE (PERF_ERROR_*) as its status. */
_Noreturn void agent_fail(struct agent *agent, unsigned code, unsigned index, kern_return_t kr,
			  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* disk.c: read the RAM disk rd0.  The memory is the caller's for good. */
kern_return_t disk_read(mach_port_t device, struct archive *archive);

/* processors.c: have tasks run on every processor.  Ends the session on
   errors. */
void processors_gather(struct agent *agent);

/* loader.c */

/* Create the task, suspended. */
kern_return_t workload_create(struct agent *agent);

/* Load IMAGE into it, tell the kernel its maps, name it and make its first
   thread ready to run with the arguments of the configuration.  Ends the
   session on errors. */
void workload_load(struct agent *agent, const struct elf_image *image);

/* What programs the kernel runs, and the addresses they may be linked to. */
#define WORKLOAD_LOW 0x10000UL
#ifdef __x86_64__
#define WORKLOAD_MACHINE ELF_X86_64
#define WORKLOAD_HIGH	 0x700000000000UL
#else
#define WORKLOAD_MACHINE ELF_I386
#define WORKLOAD_HIGH	 0xb0000000UL
#endif

/* events.c: each ends the session on errors. */

/* Hold sampling under the configuration's budget, if it has one. */
void events_budget(struct agent *agent);

/* Open all of them, disabled, and let them count. */
void events_open(struct agent *agent);
void events_enable(struct agent *agent);

/* Disable the events: nothing is recorded after. */
void events_disable(struct agent *agent);

/* Read every event's values into STATS frames, CPU by CPU. */
void events_send_stats(struct agent *agent);

/* What they have cost since they were enabled, as an OVERHEAD frame. */
void events_send_overhead(struct agent *agent);

/* interval.c: if the configuration asks for it, read the events every so many
   milliseconds from here on, in a thread of its own; ends the session on
   errors. */
void interval_start(struct agent *agent);

/* The last, up to now. */
void interval_end(struct agent *agent);

/* drain.c: send what stands in the rings.  One thread at a time. */
void rings_open(struct agent *agent);
void rings_drain(struct agent *agent);

/* serve.c */

/* Make the service port and start the thread that serves it. */
void serve_start(struct agent *agent);

/* Let the service port hear of the workload's exceptions and of its death. */
void serve_attach(struct agent *agent);

/* Return when every message sent to the service port so far is served. */
void serve_sync(struct agent *agent);

/* main.c: stop recording, send the rest and end the emulator.  Takes the
   lock. */
_Noreturn void agent_finish(struct agent *agent);

#endif
