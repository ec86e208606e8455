/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of PERF_RECORD_SAMPLE and the sample_id of other records, in the
 * order of perf_event_open(2).
 */
#include "internal.h"

/* attr.branch_sample_type */
#define BRANCH_HW_INDEX (1ULL << 17)
#define BRANCH_COUNTERS (1ULL << 19)

/* Take the values of PERF_SAMPLE_READ. */
static void take_read(struct span *span, uint64_t format, struct perfdata_sample *sample)
{
	const uint8_t *from = span->pos;
	unsigned int times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
			     !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	unsigned int words = 1 + !!(format & PERF_FORMAT_ID) + !!(format & PERF_FORMAT_LOST);

	if (format & PERF_FORMAT_GROUP) {
		uint64_t nr = take_u64(span);

		take_words(span, times, 1);
		take_words(span, nr, words);
	} else {
		take_words(span, times + words, 1);
	}
	sample->read_values = from;
	sample->read_size = span->pos - from;
}

static void take_regs(struct span *span, uint64_t mask, struct perfdata_regs *regs)
{
	regs->abi = take_u64(span);
	regs->mask = mask;
	if (regs->abi == 0)
		return;
	regs->nr = __builtin_popcountll(mask);
	regs->values = take_words(span, regs->nr, 1);
}

static void take_branches(struct span *span, uint64_t type, struct perfdata_sample *sample)
{
	sample->nr_branches = take_u64(span);
	if (type & BRANCH_HW_INDEX)
		take_u64(span);
	sample->branches = take_words(span, sample->nr_branches, 3);
	if (type & BRANCH_COUNTERS)
		take_words(span, sample->nr_branches, 1);
}

static void take_stack(struct span *span, struct perfdata_sample *sample)
{
	sample->stack_size = take_u64(span);
	if (sample->stack_size == 0)
		return;
	sample->stack = take_bytes(span, sample->stack_size);
	sample->stack_valid = take_u64(span);
	if (sample->stack_valid > sample->stack_size)
		span->bad = true;
}

/* The fields up to PERIOD, which every recording has some of. */
static void take_fixed(struct span *span, const struct perf_event_attr *attr,
		       struct perfdata_record *record)
{
	const uint64_t type = attr->sample_type;
	struct perfdata_sample_id *id = &record->id;
	struct perfdata_sample *sample = &record->sample;

	if (type & PERF_SAMPLE_IDENTIFIER)
		id->id = take_u64(span);
	if (type & PERF_SAMPLE_IP)
		sample->ip = take_u64(span);
	if (type & PERF_SAMPLE_TID) {
		id->pid = take_u32(span);
		id->tid = take_u32(span);
	}
	if (type & PERF_SAMPLE_TIME)
		id->time = take_u64(span);
	if (type & PERF_SAMPLE_ADDR)
		sample->addr = take_u64(span);
	if (type & PERF_SAMPLE_ID)
		id->id = take_u64(span);
	if (type & PERF_SAMPLE_STREAM_ID)
		id->stream_id = take_u64(span);
	if (type & PERF_SAMPLE_CPU) {
		id->cpu = take_u32(span);
		take_u32(span);
	}
	if (type & PERF_SAMPLE_PERIOD)
		sample->period = take_u64(span);
	else if (!(attr->flags & PERF_ATTR_FREQ))
		sample->period = attr->sample_period;
}

/* The fields behind STACK_USER, rarely there. */
static void take_rest(struct span *span, const struct perf_event_attr *attr,
		      struct perfdata_sample *sample)
{
	const uint64_t type = attr->sample_type;

	if (type & (PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT))
		sample->weight = take_u64(span);
	if (type & PERF_SAMPLE_DATA_SRC)
		sample->data_src = take_u64(span);
	if (type & PERF_SAMPLE_TRANSACTION)
		sample->transaction = take_u64(span);
	if (type & PERF_SAMPLE_REGS_INTR)
		take_regs(span, attr->sample_regs_intr, &sample->intr_regs);
	if (type & PERF_SAMPLE_PHYS_ADDR)
		sample->phys_addr = take_u64(span);
	if (type & PERF_SAMPLE_CGROUP)
		sample->cgroup = take_u64(span);
	if (type & PERF_SAMPLE_DATA_PAGE_SIZE)
		sample->data_page_size = take_u64(span);
	if (type & PERF_SAMPLE_CODE_PAGE_SIZE)
		sample->code_page_size = take_u64(span);
	if (type & PERF_SAMPLE_AUX)
		take_bytes(span, take_u64(span));
}

bool perfdata_decode_sample(struct perfdata_record *record)
{
	const struct perf_event_attr *attr = &record->event->attr;
	const uint64_t type = attr->sample_type;
	struct perfdata_sample *sample = &record->sample;
	struct span span = {record->body, record->body + record->size - 8, false, false};

	record->id.present =
	    type & (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
		    PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER);
	take_fixed(&span, attr, record);
	if (type & PERF_SAMPLE_READ)
		take_read(&span, attr->read_format, sample);
	if (type & PERF_SAMPLE_CALLCHAIN) {
		sample->nr_chain = take_u64(&span);
		sample->chain = take_words(&span, sample->nr_chain, 1);
	}
	if (type & PERF_SAMPLE_RAW) {
		sample->raw_size = take_u32(&span);
		sample->raw = take_bytes(&span, sample->raw_size);
	}
	if (type & PERF_SAMPLE_BRANCH_STACK)
		take_branches(&span, attr->branch_sample_type, sample);
	if (type & PERF_SAMPLE_REGS_USER)
		take_regs(&span, attr->sample_regs_user, &sample->user_regs);
	if (type & PERF_SAMPLE_STACK_USER)
		take_stack(&span, sample);
	take_rest(&span, attr, sample);
	if (span.bad)
		memset(sample, 0, sizeof(*sample));
	return !span.bad;
}

void perfdata_decode_sample_id(struct perfdata_record *record, struct span *body)
{
	const struct perf_event_attr *attr = &record->event->attr;
	const uint64_t type = attr->sample_type;
	struct perfdata_sample_id *id = &record->id;
	const uint64_t present =
	    type & (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
		    PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER);
	unsigned int words = __builtin_popcountll(present);
	struct span span;

	if (!(attr->flags & PERF_ATTR_SAMPLE_ID_ALL) || span_left(body) < words * 8)
		return;
	span = (struct span){body->end - words * 8, body->end, false, false};
	body->end = span.pos;
	id->present = present;
	if (type & PERF_SAMPLE_TID) {
		id->pid = take_u32(&span);
		id->tid = take_u32(&span);
	}
	if (type & PERF_SAMPLE_TIME)
		id->time = take_u64(&span);
	if (type & PERF_SAMPLE_ID)
		id->id = take_u64(&span);
	if (type & PERF_SAMPLE_STREAM_ID)
		id->stream_id = take_u64(&span);
	if (type & PERF_SAMPLE_CPU) {
		id->cpu = take_u32(&span);
		take_u32(&span);
	}
	if (type & PERF_SAMPLE_IDENTIFIER)
		id->id = take_u64(&span);
}

/* Note where a field of words u64 stands, if samples have it. */
static void place(struct perfdata_places *places, int16_t *at, uint64_t type, uint64_t field)
{
	if (!(type & field))
		return;
	*at = places->least;
	places->least += 8;
}

void perfdata_place_fields(struct perfdata_event *event)
{
	const uint64_t type = event->attr.sample_type;
	struct perfdata_places *places = &event->places;
	int16_t id, other;

	*places = (struct perfdata_places){-1, -1, -1, -1, -1, -1, -1, 0};
	place(places, &places->id, type, PERF_SAMPLE_IDENTIFIER);
	place(places, &places->ip, type, PERF_SAMPLE_IP);
	place(places, &places->tid, type, PERF_SAMPLE_TID);
	place(places, &places->time, type, PERF_SAMPLE_TIME);
	place(places, &other, type, PERF_SAMPLE_ADDR);
	place(places, places->id < 0 ? &places->id : &id, type, PERF_SAMPLE_ID);
	place(places, &other, type, PERF_SAMPLE_STREAM_ID);
	place(places, &places->cpu, type, PERF_SAMPLE_CPU);
	place(places, &places->period, type, PERF_SAMPLE_PERIOD);
	if (type & PERF_SAMPLE_CALLCHAIN && !(type & PERF_SAMPLE_READ))
		places->chain = places->least;
}
