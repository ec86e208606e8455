/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls with arguments that nobody means, the same in every run: whatever the
 * kernel takes it must carry out, what it refuses must leave nothing behind,
 * and what stands in the ring must be records.
 */
#include <string.h>
#include <machperf/task.h>
#include "harness.h"
#include "mach_user.h"
#include "perf_user.h"

#define CASES 1500
#define SEED  0x6d616368706572ULL

static uint64_t state = SEED;
static uint64_t record[8192];

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static unsigned draw(unsigned below)
{
	return (unsigned)(next() >> 32) % below;
}

/* Numbers that programs get wrong. */
static uint64_t odd_number(void)
{
	static const uint64_t numbers[] = {
	    0,		1,	    2,		127,	    128,	255,
	    1000,	65535,	    65536,	0x7fffffff, 0x80000000, 0xffffffff,
	    1ULL << 32, 1ULL << 47, 1ULL << 48, 1ULL << 62, 1ULL << 63, (1ULL << 63) - 1,
	    ~0ULL,	~0ULL - 1,
	};
	unsigned n = draw(sizeof numbers / sizeof numbers[0] + 4);

	return n < sizeof numbers / sizeof numbers[0] ? numbers[n] : next() >> draw(64);
}

/* One field, or one byte, of good attributes is no longer good. */
static void spoil(struct perf_event_attr *attr)
{
	switch (draw(14)) {
	case 0:
		attr->type = (uint32_t)odd_number();
		break;
	case 1:
		attr->size = (uint32_t)odd_number();
		break;
	case 2:
		attr->config = odd_number();
		break;
	case 3:
	case 4:
		attr->sample_period = odd_number();
		break;
	case 5:
		attr->sample_period = odd_number();
		attr->flags |= PERF_ATTR_FREQ;
		break;
	case 6:
		attr->sample_type = odd_number();
		break;
	case 7:
		attr->sample_type ^= 1ULL << draw(64);
		break;
	case 8:
		attr->flags ^= 1ULL << draw(64);
		break;
	case 9:
		attr->flags ^= 1ULL << draw(24);
		break;
	case 10:
		attr->sample_max_stack = (uint16_t)odd_number();
		break;
	case 11:
		attr->read_format = odd_number();
		break;
	case 12:
		attr->wakeup_watermark = (uint32_t)odd_number();
		break;
	default:
		((unsigned char *)attr)[draw(sizeof *attr)] ^= 1U << draw(8);
	}
}

static struct perf_event_attr draw_attr(void)
{
	static const uint32_t types[] = {PERF_TYPE_HARDWARE, PERF_TYPE_HARDWARE, PERF_TYPE_HARDWARE,
					 PERF_TYPE_SOFTWARE, PERF_TYPE_HW_CACHE, PERF_TYPE_RAW};
	struct perf_event_attr attr =
	    attr_make(types[draw(6)], draw(7), 500 + draw(100000),
		      (draw(3) == 0 ? PERF_ATTR_DISABLED : 0) |
			  (draw(2) ? PERF_ATTR_EXCLUDE_KERNEL : 0) | PERF_ATTR_SAMPLE_ID_ALL);

	if (draw(2))
		attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	for (unsigned n = draw(3); n > 0; n--)
		spoil(&attr);
	return attr;
}

static bool is_answer(kern_return_t kr)
{
	return kr == KERN_SUCCESS || kr == KERN_INVALID_ARGUMENT || kr == KERN_INVALID_VALUE ||
	       kr == KERN_NOT_SUPPORTED || kr == KERN_NO_ACCESS || kr == KERN_RESOURCE_SHORTAGE;
}

/* Take everything out of the ring; false: it does not hold records. */
static bool take(struct ring *ring)
{
	const struct perf_event_header *header = (const void *)record;

	while (ring_next(ring, record))
		if (header->size < sizeof *header || header->size % 8 != 0 || header->type == 0 ||
		    header->type > PERF_RECORD_MMAP2)
			return false;
	return true;
}

/* An event that was opened is used in every way; false: something is off. */
static bool use(mach_port_t event, struct ring *ring)
{
	struct perf_event_values values;
	natural_t reason;
	bool good = true;

	for (unsigned n = 1 + draw(4); n > 0; n--)
		switch (draw(6)) {
		case 0:
			good = perf_event_enable(event) == KERN_SUCCESS && good;
			break;
		case 1:
			good = perf_event_disable(event) == KERN_SUCCESS && good;
			break;
		case 2:
			good = perf_event_reset(event) == KERN_SUCCESS && good;
			break;
		case 3:
			good = is_answer(perf_event_period(event, odd_number())) && good;
			break;
		case 4:
			good = perf_buffer_wait(ring->buffer, 1, &reason) == KERN_SUCCESS && good;
			break;
		default:
			burn(2000);
		}
	/* While it counts us, taking a record could make the next. */
	good = perf_event_disable(event) == KERN_SUCCESS && good;
	values = event_values(event);
	return take(ring) && values.time_running <= values.time_enabled && good;
}

void test_fuzz_events(void)
{
	static const int cpus[] = {-1, -1, -1, -1, 0, 0, -2, 1, 255, 0x7fffffff, -0x7fffffff - 1};
	struct ring ring = ring_make(8192, 0);
	mach_port_t targets[] = {mach_task_self(), mach_thread_self(), host_priv};
	unsigned taken = 0, refused = 0, bad = 0;
	struct usage before = usage_now(), after;

	for (unsigned i = 0; i < CASES; i++) {
		struct perf_event_attr attr = draw_attr();
		int cpu = cpus[draw(sizeof cpus / sizeof cpus[0])];
		mach_port_t event = MACH_PORT_NULL;
		perf_bytes_t bytes;
		uint64_t id;
		kern_return_t kr;

		if (i == 200) { /* the kernel's caches are full */
			take(&ring);
			before = usage_now();
		}
		memcpy(bytes, &attr, sizeof attr);
		kr = perf_event_open(targets[draw(3)], draw(3) ? host_priv : MACH_PORT_NULL, bytes,
				     draw(50) ? sizeof attr : draw(sizeof bytes + 1), cpu,
				     draw(5) ? ring.buffer : MACH_PORT_NULL, &event, &id);
		taken += kr == KERN_SUCCESS;
		refused += kr != KERN_SUCCESS;
		if (!is_answer(kr) || (kr == KERN_SUCCESS && (cpu < -1 || cpu >= (int)nr_cpus)) ||
		    (kr == KERN_SUCCESS && !use(event, &ring))) {
			check(false, "case %u: %d", i, kr);
			bad++;
		}
		if (kr == KERN_SUCCESS)
			drop(event);
		if (!take(&ring))
			bad++;
	}
	after = usage_now();
	check(bad == 0, "%u events opened, %u refused, %u wrong", taken, refused, bad);
	check(taken > CASES / 10 && refused > CASES / 10, "some of both");
	check_usage(&before, &after, "hostile events");
	ring_drop(&ring);
}

/* Thousands of maps: as many as are remembered, then a refusal; replaced ones
   make room; all go with their task. */
void test_fuzz_maps(void)
{
	perf_build_id_t id = {0};
	perf_name_t name;
	struct usage before, after;
	unsigned taken = 0, refused = 0, wrong = 0;
	thread_t thread;
	task_t task;

	memset(name, 'n', sizeof name);
	task = child_make((void (*)(void *))(uintptr_t)thread_end, NULL, &thread);
	before = usage_now();
	for (unsigned i = 0; i < 1100; i++) {
		kern_return_t kr =
		    perf_task_map(task, 0x1000UL * i, 0x1000, 0, 5, id, 0, name, 1 + i % 127);

		taken += kr == KERN_SUCCESS;
		refused += kr == KERN_RESOURCE_SHORTAGE;
	}
	check(taken == 1024 && refused == 76, "%u maps taken, %u refused", taken, refused);
	check_kr(perf_task_map(task, 0, 0x1000 * 1100, 0, 5, id, 20, name, 5), KERN_SUCCESS,
		 "one over all of them");
	after = usage_now();
	check(after.blocks == before.blocks + 1, "takes their place: blocks %u, then %u",
	      before.blocks, after.blocks);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t address = odd_number(), size = odd_number();
		natural_t prot = (natural_t)odd_number();
		unsigned id_size = draw(25), name_size = draw(129);
		bool good = size != 0 && address + size >= address && prot <= 7 && id_size <= 20 &&
			    name_size > 0 && name_size < 128;
		kern_return_t kr = perf_task_map(task, address, size, odd_number(), prot, id,
						 id_size, name, name_size);

		if (kr != (good ? KERN_SUCCESS : KERN_INVALID_ARGUMENT) &&
		    !(good && kr == KERN_RESOURCE_SHORTAGE))
			wrong++;
	}
	check(wrong == 0, "%u wrong answers to odd ranges", wrong);
	task_terminate(task);
	drop(thread);
	drop(task);
	sleep_ms(50);
	after = usage_now();
	check(after.blocks < before.blocks, "maps go with their task: blocks %u, then %u",
	      before.blocks, after.blocks);
}
