/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several CPUs: each counts and samples what runs on it, and a thread that
   moves from one to another is counted to the instruction.  On a machine with
   one CPU all of it holds, too, if in a simpler way. */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"
#include "perf_test_user.h"

#define PERIOD	  10007
#define MOST_CPUS 16

static uint64_t record[8192];
static const struct sample *const sample = (const void *)record;

/* A thread that burns its share once it is let, on the CPU it is placed on, and
   then waits to be ended: by itself it would take a call or two. */
struct burner {
	uint64_t n;
	thread_t thread;
	volatile bool done;
};

static void burner(void *argument)
{
	struct burner *burner = argument;

	burn(burner->n);
	burner->done = true;
	for (;;)
		sleep_ms(1000000);
}

static void burner_make(struct burner *burner_, unsigned cpu, uint64_t n)
{
	*burner_ = (struct burner){.n = n};
	burner_->thread = thread_make(mach_task_self(), burner, burner_);
	thread_place(burner_->thread, cpu);
}

static void burner_end(struct burner *burner)
{
	must(thread_terminate(burner->thread), "thread_terminate");
	drop(burner->thread);
}

static void await(const struct burner *burners, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		while (!burners[i].done)
			sleep_ms(10);
	sleep_ms(10); /* their last instructions */
}

/* What the rings hold of each event, and whether it says the CPU it should. */
struct tally {
	uint64_t samples[MOST_CPUS + 1];
	unsigned wrong_cpu, wrong_ring;
};

static void take(struct ring *ring, uint64_t first_id, struct tally *tally)
{
	while (ring_next(ring, record)) {
		uint64_t event = sample->id - first_id;

		if (sample->header.type != PERF_RECORD_SAMPLE || event > nr_cpus)
			continue;
		tally->samples[event]++;
		tally->wrong_cpu += event < nr_cpus && sample->cpu != event;
		tally->wrong_ring += sample->cpu >= nr_cpus;
	}
}

/* A thread on each CPU, each under an event of its own, all under the task's. */
void test_cpus(void)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
						PERIOD, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 18, 0);
	static struct burner burners[MOST_CPUS];
	mach_port_t events[MOST_CPUS + 1];
	struct perf_event_values values[MOST_CPUS + 1];
	struct tally tally = {0};
	uint64_t sum = 0;
	natural_t given;

	check_kr(perf_test_descriptors(host_priv, &given), KERN_SUCCESS, "perf_test_descriptors");
	check(given == 0, "%u pages of processors' descriptors may be somebody else's", given);
	for (unsigned i = 0; i < nr_cpus; i++)
		burner_make(&burners[i], i, 3000000 + 1000000 * i);
	for (unsigned i = 0; i <= nr_cpus; i++)
		events[i] = event_must_open(i < nr_cpus ? burners[i].thread : mach_task_self(),
					    &attr, ring.buffer);
	for (unsigned i = 0; i < nr_cpus; i++)
		thread_resume(burners[i].thread);
	await(burners, nr_cpus);
	for (unsigned i = 0; i <= nr_cpus; i++) {
		perf_event_disable(events[i]);
		values[i] = event_values(events[i]);
	}
	take(&ring, values[0].id, &tally);
	for (unsigned i = 0; i < nr_cpus; i++) {
		uint64_t n = 2 * burners[i].n;

		sum += values[i].value;
		check(values[i].value >= n && values[i].value < n + 200,
		      "CPU %u: %lu instructions of %lu", i, (unsigned long)values[i].value,
		      (unsigned long)n);
		check(tally.samples[i] == values[i].value / PERIOD &&
			  tally.samples[i] == values[i].samples && values[i].lost == 0,
		      "CPU %u: a sample for each period: %lu", i, (unsigned long)tally.samples[i]);
	}
	check(values[nr_cpus].value >= sum, "the task's event counts all of them: %lu",
	      (unsigned long)values[nr_cpus].value);
	check(tally.samples[nr_cpus] == values[nr_cpus].samples, "and samples them: %lu",
	      (unsigned long)tally.samples[nr_cpus]);
	check(tally.wrong_cpu == 0 && tally.wrong_ring == 0,
	      "every sample is of the CPU its thread was placed on");
	for (unsigned i = 0; i <= nr_cpus; i++)
		drop(events[i]);
	for (unsigned i = 0; i < nr_cpus; i++)
		burner_end(&burners[i]);
	ring_drop(&ring);
}

/* An event on one CPU sees that CPU only. */
void test_one_cpu(void)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
						PERIOD, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 18, 0);
	static struct burner burners[MOST_CPUS];
	uint64_t first = 0, n = 2 * 3000000;
	mach_port_t events[MOST_CPUS];
	struct tally tally = {0};

	for (unsigned i = 0; i < nr_cpus; i++) {
		perf_bytes_t bytes;
		uint64_t id = 0;

		memcpy(bytes, &attr, sizeof attr);
		must(perf_event_open(host_priv, host_priv, bytes, sizeof attr, (int)i, ring.buffer,
				     &events[i], &id),
		     "perf_event_open on a CPU");
		first = i == 0 ? id : first;
		burner_make(&burners[i], i, 3000000);
	}
	for (unsigned i = 0; i < nr_cpus; i++)
		thread_resume(burners[i].thread);
	await(burners, nr_cpus);
	for (unsigned i = 0; i < nr_cpus; i++)
		perf_event_disable(events[i]);
	take(&ring, first, &tally);
	for (unsigned i = 0; i < nr_cpus; i++) {
		struct perf_event_values values = event_values(events[i]);

		/* The first CPU runs this thread, too. */
		check(values.value >= n && values.value < n + (i == 0 ? 1000000 : 1000),
		      "CPU %u: %lu instructions", i, (unsigned long)values.value);
		check(values.samples == tally.samples[i] && values.samples > 0,
		      "CPU %u: %lu samples", i, (unsigned long)tally.samples[i]);
		drop(events[i]);
		burner_end(&burners[i]);
	}
	check(tally.wrong_cpu == 0, "none of another CPU");
	ring_drop(&ring);
}

/* Send a thread that burns N from CPU to CPU; answer the user instructions it
   took and on how many CPUs its samples are. */
static uint64_t rove(uint64_t n, unsigned *cpus)
{
	struct perf_event_attr attr = attr_make(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
						PERIOD, PERF_ATTR_EXCLUDE_KERNEL);
	struct ring ring = ring_make(1 << 18, 0);
	uint64_t samples = 0, seen = 0;
	struct perf_event_values values;
	static struct burner rover;
	mach_port_t event;
	unsigned moves = 0;

	burner_make(&rover, 1, n); /* not at once in the way of this thread */
	event = event_must_open(rover.thread, &attr, ring.buffer);
	thread_resume(rover.thread);
	while (!rover.done) {
		sleep_ms(3);
		if (!rover.done)
			thread_place(rover.thread, ++moves);
	}
	sleep_ms(20);
	values = event_values(event);
	while (ring_next(&ring, record))
		if (sample->header.type == PERF_RECORD_SAMPLE) {
			samples++;
			seen |= 1UL << sample->cpu;
		}
	/* Each CPU has a counter of its own, and a period ends on one of them. */
	check(values.samples == samples && values.lost == 0 && samples <= values.value / PERIOD &&
		  samples + nr_cpus > values.value / PERIOD,
	      "moved %u times: %lu instructions make %lu samples", moves,
	      (unsigned long)values.value, (unsigned long)samples);
	*cpus = (unsigned)__builtin_popcountl(seen);
	drop(event);
	burner_end(&rover);
	ring_drop(&ring);
	return values.value;
}

/* A thread that is sent from CPU to CPU is counted to the instruction. */
void test_moves(void)
{
	enum { N = 20000000 };
	uint64_t first, second;
	unsigned cpus;

	first = rove(N, &cpus);
	check(cpus == nr_cpus, "its samples are on %u CPUs", cpus);
	second = rove(N + 1000, &cpus);
	check(second - first == 2000, "2000 more instructions: %ld", (long)(second - first));
}
