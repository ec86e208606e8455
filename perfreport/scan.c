/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "scan.h"

#define NR_KNOWN 1024 /* a power of two */
#define NR_IDS	 256  /* likewise */
#define NO_EVENT UINT32_MAX
#define WORTH_IT (8u << 20) /* bytes a thread should have to do */
#define FIXED_ONLY                                                                                 \
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | \
	 PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_IDENTIFIER |   \
	 PERF_SAMPLE_CALLCHAIN)

/* A place that was looked up, and from when until when it holds. */
struct known {
	uint32_t pid, tid, cpu, event, mode;
	struct order_entry begin, end; /* begin is not before end: nothing here */
	uint32_t place;
};

/* What a thread that scans has for itself. */
struct scanner {
	struct scan scan;
	const struct survey *survey;
	const struct perfdata *file;
	const struct history *history;
	const struct scan_options *options;
	size_t first_range, end_range;
	struct hits_item items[HITS_BATCH];
	uint64_t times[HITS_BATCH]; /* of the items' samples */
	size_t nr_items;
	struct known known[NR_KNOWN];
	struct {
		uint64_t id;
		uint32_t event; /* + 1; 0: nothing here */
	} ids[NR_IDS];
	pthread_t thread;
};

/* What counts of a sample. */
struct sample {
	uint32_t event;
	uint32_t pid, tid, cpu;
	uint64_t time, period, ip;
	enum cpu_mode mode;
	struct callers callers; /* not yet without marker and own address */
	bool has_chain;
};

static void scan_init(struct scan *scan, size_t nr_events)
{
	memset(scan, 0, sizeof *scan);
	hits_init(&scan->hits);
	scan->totals = must_calloc(nr_events, sizeof *scan->totals);
	scan->chains = must_calloc(nr_events, sizeof *scan->chains);
	scan->user_chains = must_calloc(nr_events, sizeof *scan->user_chains);
	scan->first = UINT64_MAX;
}

void scan_free(struct scan *scan)
{
	hits_free(&scan->hits);
	free(scan->totals);
	free(scan->chains);
	free(scan->user_chains);
	free(scan->dumps);
	free(scan->moments);
	memset(scan, 0, sizeof *scan);
}

static uint32_t place_of(struct scanner *scanner, const struct sample *sample, uint64_t pos)
{
	const struct order_entry at = {.time = sample->time, .pos = pos};
	struct known *known =
	    &scanner
		 ->known[(sample->tid * 16 + sample->cpu * 5 + sample->event * 2 + sample->mode) &
			 (NR_KNOWN - 1)];
	struct stay stay;
	struct place place;

	if (known->tid == sample->tid && known->pid == sample->pid && known->cpu == sample->cpu &&
	    known->event == sample->event && known->mode == sample->mode &&
	    !order_before(&at, &known->begin) && order_before(&at, &known->end))
		return known->place;
	stay = history_find(scanner->history, sample->pid, sample->tid, at);
	place = (struct place){.event = sample->event,
			       .owner = stay.owner,
			       .task = stay.task,
			       .epoch = stay.epoch,
			       .kernel_epoch = stay.kernel_epoch,
			       .mode = sample->mode,
			       .cpu = sample->cpu};
	if (stay.owner == OWNER_UNKNOWN) {
		place.pid = sample->pid;
		place.tid = sample->tid;
	}
	*known = (struct known){.pid = sample->pid,
				.tid = sample->tid,
				.cpu = sample->cpu,
				.event = sample->event,
				.mode = sample->mode,
				.begin = stay.begin,
				.end = stay.end,
				.place = hits_place(&scanner->scan.hits, &place)};
	return known->place;
}

/* Count what has come together. */
static void flush(struct scanner *scanner)
{
	struct scan *scan = &scanner->scan;

	hits_add(&scan->hits, scanner->items, scanner->nr_items);
	for (size_t i = 0; scanner->options->moments && i < scanner->nr_items; i++) {
		const struct hits_item *item = &scanner->items[i];

		scan->moments = must_grow(scan->moments, &scan->moments_capacity,
					  scan->nr_moments + 1, sizeof *scan->moments);
		scan->moments[scan->nr_moments++] =
		    (struct scan_moment){.time = scanner->times[i],
					 .weight = item->hit.amount.weight,
					 .hit = item->number};
	}
	scanner->nr_items = 0;
}

/* Are there user frames in the sample's callchain? */
static bool has_user_frames(const struct sample *sample)
{
	if (sample->mode == MODE_USER)
		return true;
	for (uint64_t i = 0; i < sample->callers.nr; i++)
		if (sample->callers.values[i] == PERF_CONTEXT_USER)
			return true;
	return false;
}

static void count(struct scan *scan, const struct sample *sample)
{
	scan->totals[sample->event].samples++;
	scan->totals[sample->event].weight += sample->period;
	if (sample->time != 0 && sample->time < scan->first)
		scan->first = sample->time;
	if (sample->time > scan->last)
		scan->last = sample->time;
}

static void take(struct scanner *scanner, struct sample *sample, uint64_t pos)
{
	struct scan *scan = &scanner->scan;
	struct hits_item *item;

	count(scan, sample);
	if (scanner->options->count_only) {
		scan->chains[sample->event] += sample->has_chain;
		scan->user_chains[sample->event] += sample->has_chain && has_user_frames(sample);
		return;
	}
	if (sample->has_chain)
		chain_trim(&sample->callers, sample->ip);
	scanner->times[scanner->nr_items] = sample->time;
	item = &scanner->items[scanner->nr_items++];
	item->hit.ip = sample->ip;
	item->hit.place = place_of(scanner, sample, pos);
	item->hit.amount = (struct amount){.samples = 1, .weight = sample->period};
	item->callers = sample->callers;
	item->has_chain = sample->has_chain;
	if (scanner->nr_items == HITS_BATCH)
		flush(scanner);
}

static void add_dump(struct scan *scan, const struct scan_dump *dump)
{
	scan->dumps =
	    must_grow(scan->dumps, &scan->dumps_capacity, scan->nr_dumps + 1, sizeof *scan->dumps);
	scan->dumps[scan->nr_dumps++] = *dump;
}

static void note_dump(struct scanner *scanner, const struct sample *sample, uint64_t pos)
{
	struct scan_dump dump = {.at = {.time = sample->time, .pos = pos},
				 .place = place_of(scanner, sample, pos)};

	add_dump(&scanner->scan, &dump);
}

static int compare_dumps(const void *left, const void *right)
{
	const struct scan_dump *a = left, *b = right;

	return order_before(&a->at, &b->at) ? -1 : order_before(&b->at, &a->at);
}

/* The event whose sample it is to be. */
static inline uint32_t counted_as(const struct scanner *scanner, uint32_t event)
{
	const struct wall *wall = scanner->options->wall;

	return wall != NULL && event == wall->off ? wall->on : event;
}

/* A sample of any kind. */
static void scan_any(struct scanner *scanner, uint64_t pos)
{
	struct scan *scan = &scanner->scan;
	struct perfdata_record record;
	struct sample sample;

	if (!survey_record(scanner->survey, scanner->file, pos, &record)) {
		scan->damaged++;
		return;
	}
	if (record.event == NULL) {
		scan->unassigned++;
		return;
	}
	sample = (struct sample){
	    .event = counted_as(scanner, record.event->index),
	    .pid = record.id.present & PERF_SAMPLE_TID ? record.id.pid : UINT32_MAX,
	    .tid = record.id.present & PERF_SAMPLE_TID ? record.id.tid : UINT32_MAX,
	    .cpu = record.id.present & PERF_SAMPLE_CPU ? record.id.cpu : CPU_UNKNOWN,
	    .time = record.id.present & PERF_SAMPLE_TIME ? record.id.time : 0,
	    .period = record.sample.period,
	    .ip = record.sample.ip,
	    .mode = chain_mode(record.misc),
	    .has_chain = record.sample.nr_chain != 0,
	};
	sample.callers = (struct callers){
	    .values = record.sample.chain, .nr = record.sample.nr_chain, .mode = sample.mode};
	if (record.sample.stack_size && !scanner->options->count_only) {
		count(scan, &sample);
		note_dump(scanner, &sample, pos);
		return;
	}
	take(scanner, &sample, pos);
}

static inline uint64_t load_u64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof value);
	return value;
}

static inline uint32_t load_u32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof value);
	return value;
}

/* The event of a sample; NO_EVENT: scan_any() has to find it. */
static uint32_t event_of(struct scanner *scanner, const uint8_t *body, uint64_t size)
{
	const struct perfdata *file = scanner->file;
	int16_t at = file->events[0].places.id;
	const struct perfdata_event *event;
	uint64_t id, slot;

	if (file->nr_events == 1)
		return 0;
	/* All events of a file have their id at one place. */
	if (at < 0 || size < (uint64_t)at + 8)
		return NO_EVENT;
	id = load_u64(body + at);
	slot = hash_number(id) & (NR_IDS - 1);
	if (scanner->ids[slot].event && scanner->ids[slot].id == id)
		return scanner->ids[slot].event - 1;
	event = perfdata_event_by_id(file, id);
	if (event == NULL)
		return NO_EVENT;
	scanner->ids[slot].id = id;
	scanner->ids[slot].event = event->index + 1;
	return event->index;
}

/* A sample that has nothing but fields of fixed size and a callchain, as
   nearly all have; false: it is another. */
static bool scan_plain(struct scanner *scanner, uint64_t pos,
		       const struct perf_event_header *header)
{
	const uint8_t *body = scanner->survey->bytes + pos + sizeof *header;
	const uint64_t size = header->size - sizeof *header;
	const uint32_t index = event_of(scanner, body, size);
	const struct perfdata_event *event;
	const struct perfdata_places *places;
	struct sample sample;

	if (index == NO_EVENT)
		return false;
	event = &scanner->file->events[index];
	places = &event->places;
	if (event->attr.sample_type & ~(uint64_t)FIXED_ONLY || size < (uint64_t)places->least)
		return false;
	sample =
	    (struct sample){.event = counted_as(scanner, index), .mode = chain_mode(header->misc)};
	sample.pid = places->tid >= 0 ? load_u32(body + places->tid) : UINT32_MAX;
	sample.tid = places->tid >= 0 ? load_u32(body + places->tid + 4) : UINT32_MAX;
	sample.cpu = places->cpu >= 0 ? load_u32(body + places->cpu) : CPU_UNKNOWN;
	sample.time = places->time >= 0 ? load_u64(body + places->time) : 0;
	sample.ip = places->ip >= 0 ? load_u64(body + places->ip) : 0;
	if (places->period >= 0)
		sample.period = load_u64(body + places->period);
	else if (!(event->attr.flags & PERF_ATTR_FREQ))
		sample.period = event->attr.sample_period;
	if (places->chain >= 0) {
		if (size - places->chain < 8)
			return false;
		sample.callers.nr = load_u64(body + places->chain);
		if (sample.callers.nr > (size - places->chain) / 8 - 1)
			return false;
		sample.callers.values = (const perfdata_u64 *)(body + places->chain + 8);
		sample.callers.mode = sample.mode;
		sample.has_chain = sample.callers.nr != 0;
	}
	take(scanner, &sample, pos);
	return true;
}

static void scan_range(struct scanner *scanner, const struct range *range)
{
	struct perf_event_header header;

	for (uint64_t pos = range->begin; pos < range->end; pos += header.size) {
		memcpy(&header, scanner->survey->bytes + pos, sizeof header);
		if (!scan_plain(scanner, pos, &header))
			scan_any(scanner, pos);
	}
}

static void *run(void *argument)
{
	struct scanner *scanner = argument;

	for (size_t i = scanner->first_range; i < scanner->end_range; i++) {
		scan_range(scanner, &scanner->survey->ranges[i]);
		flush(scanner);
		survey_forget(scanner->survey, &scanner->survey->ranges[i]);
	}
	return NULL;
}

/* Give each thread as many bytes, in the order of the file. */
static void share(struct scanner **scanners, size_t nr, const struct survey *survey)
{
	uint64_t done = 0;
	size_t range = 0;

	for (size_t i = 0; i < nr; i++) {
		scanners[i]->first_range = range;
		while (range < survey->nr_ranges && done < survey->sample_bytes / nr * (i + 1)) {
			done += survey->ranges[range].end - survey->ranges[range].begin;
			range++;
		}
		scanners[i]->end_range = i + 1 == nr ? survey->nr_ranges : range;
	}
}

/* Add what another found behind it. */
static void merge(struct scan *scan, const struct scan *from, size_t nr_events)
{
	uint32_t *places, *numbers = hits_merge(&scan->hits, &from->hits, &places);

	for (size_t i = 0; i < nr_events; i++) {
		amount_add(&scan->totals[i], &from->totals[i]);
		scan->chains[i] += from->chains[i];
		scan->user_chains[i] += from->user_chains[i];
	}
	scan->unassigned += from->unassigned;
	scan->damaged += from->damaged;
	if (from->first < scan->first)
		scan->first = from->first;
	if (from->last > scan->last)
		scan->last = from->last;
	for (size_t i = 0; i < from->nr_dumps; i++) {
		struct scan_dump dump = from->dumps[i];

		dump.place = places[dump.place];
		add_dump(scan, &dump);
	}
	scan->moments = must_grow(scan->moments, &scan->moments_capacity,
				  scan->nr_moments + from->nr_moments, sizeof *scan->moments);
	for (size_t i = 0; i < from->nr_moments; i++) {
		struct scan_moment moment = from->moments[i];

		moment.hit = numbers[moment.hit];
		scan->moments[scan->nr_moments++] = moment;
	}
	free(numbers);
	free(places);
}

static struct scanner *new_scanner(const struct survey *survey, const struct perfdata *file,
				   const struct history *history,
				   const struct scan_options *options)
{
	struct scanner *scanner = must_calloc(1, sizeof *scanner);

	scanner->survey = survey;
	scanner->file = file;
	scanner->history = history;
	scanner->options = options;
	scan_init(&scanner->scan, file->nr_events);
	return scanner;
}

void scan_make(struct scan *scan, const struct survey *survey, const struct perfdata *file,
	       const struct history *history, const struct scan_options *options)
{
	size_t nr = survey->sample_bytes / WORTH_IT + 1;
	struct scanner **scanners;

	if (nr > options->threads)
		nr = options->threads ? options->threads : 1;
	scanners = must_calloc(nr, sizeof *scanners);
	for (size_t i = 0; i < nr; i++)
		scanners[i] = new_scanner(survey, file, history, options);
	share(scanners, nr, survey);
	for (size_t i = 1; i < nr; i++)
		if (pthread_create(&scanners[i]->thread, NULL, run, scanners[i]) != 0) {
			run(scanners[i]);
			scanners[i]->thread = 0;
		}
	run(scanners[0]);
	*scan = scanners[0]->scan;
	for (size_t i = 1; i < nr; i++) {
		if (scanners[i]->thread != 0)
			pthread_join(scanners[i]->thread, NULL);
		merge(scan, &scanners[i]->scan, file->nr_events);
		scan_free(&scanners[i]->scan);
		free(scanners[i]);
	}
	free(scanners[0]);
	free(scanners);
	if (scan->nr_dumps)
		qsort(scan->dumps, scan->nr_dumps, sizeof *scan->dumps, compare_dumps);
}
