/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the kernel half share.  A test program is the only task
 * of the test image; it runs the tests it is told, prints "ok" and "FAIL" lines
 * and leaves the emulator with its verdict.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <mach/mach_types.h>
#include <mach/perf_event.h>

/* One test: a name on the command line, and what it does. */
struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test tests[]; /* ends with a NULL name */

extern mach_port_t host_priv;

/* The processors that take part. */
extern unsigned nr_cpus;

/* Print the verdict on one fact, and count a bad one. */
void check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a kernel call that must give WANTED. */
void check_kr(kern_return_t kr, kern_return_t wanted, const char *what);

/* For what the test cannot go on without: anything but success ends it. */
void must(kern_return_t kr, const char *what);

/* End the test as failed, and say why. */
_Noreturn void test_abandon(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A buffer: a ring for each CPU, mapped into this task.  Where they stand is
   remembered here: what stands in the pages may be spoilt by a test. */
struct ring {
	mach_port_t buffer;
	struct perf_ring_page *page; /* of the first CPU */
	vm_size_t size;		     /* of all rings */
	vm_size_t stride, data_offset, data_size;
};

/* Make a buffer with rings of DATA bytes; a failure ends the test. */
struct ring ring_make(vm_size_t data, vm_size_t watermark);

/* The ring of CPU. */
struct perf_ring_page *ring_page(const struct ring *ring, unsigned cpu);

/* Give back the view and the buffer. */
void ring_drop(struct ring *ring);

/* Take the next record into RECORD (64 KiB at least), out of the first ring
   that has one; false if none has. */
bool ring_next(struct ring *ring, void *record);

/* The attributes of a counting or sampling event. */
struct perf_event_attr attr_make(uint32_t type, uint64_t config, uint64_t period, uint64_t flags);

#define SAMPLE_TYPE                                                                                \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

/* A sample of SAMPLE_TYPE. */
struct sample {
	struct perf_event_header header;
	uint64_t id, ip;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, reserved;
	uint64_t period;
	uint64_t nr; /* with PERF_SAMPLE_CALLCHAIN */
	uint64_t ips[];
};

kern_return_t event_open(mach_port_t target, mach_port_t privilege,
			 const struct perf_event_attr *attr, mach_port_t buffer, mach_port_t *event,
			 uint64_t *id);

/* Open an event that must open; a failure ends the test. */
mach_port_t event_must_open(mach_port_t target, const struct perf_event_attr *attr,
			    mach_port_t buffer);

struct perf_event_values event_values(mach_port_t event);

/* Give up the send right to PORT. */
void drop(mach_port_t port);

/* What the kernel has allocated. */
struct usage {
	natural_t blocks, pages, ports, objects, wired;
};
struct usage usage_now(void);
bool usage_has_grown(const struct usage *before, const struct usage *after);
void check_usage(const struct usage *before, const struct usage *after, const char *what);

/* A loop of exactly 2 N instructions (N > 0), its entry and exit a few
   more. */
void burn(uint64_t n);

/* Sample a loop with interrupts off by an event of which each instruction makes
   WEIGHT, and check its share (loop.c). */
void cli_loop_share(uint32_t type, uint64_t config, uint64_t period, unsigned weight);

/* A thread of TASK that will run FUNCTION (ARGUMENT) once it is resumed; it
   must end with thread_end(). */
thread_t thread_make(task_t task, void (*function)(void *), void *argument);

/* The same in this task, and let go. */
thread_t thread_start(void (*function)(void *), void *argument);
_Noreturn void thread_end(void);

/* Have THREAD run on CPU only, or on CPU modulo the number there is. */
void thread_place(thread_t thread, unsigned cpu);

/* A child with a copy of this task's memory, suspended, with one thread that
   will run FUNCTION (ARGUMENT). */
task_t child_make(void (*function)(void *), void *argument, thread_t *thread);

/* Let other threads run for so long, by the kernel's clock. */
void sleep_ms(unsigned ms);

#endif
