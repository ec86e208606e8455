/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the other byte order.  What is more than one number in a u64
 * has to be known field by field; layouts: perf_event_open(2).
 */
#include "internal.h"

static void swap_u16(void *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	value = __builtin_bswap16(value);
	memcpy(at, &value, sizeof(value));
}

static void swap_u32(void *at)
{
	uint32_t value = __builtin_bswap32(load_u32(at));

	memcpy(at, &value, sizeof(value));
}

static void swap_u64(void *at)
{
	uint64_t value = __builtin_bswap64(load_u64(at));

	memcpy(at, &value, sizeof(value));
}

/* The flags are a bit-field: compilers of the other byte order begin it at
   the other end of each byte, and not of the whole. */
static uint64_t swap_flags(uint64_t flags)
{
	uint64_t swapped = 0;

	for (unsigned int bit = 0; bit < 64; bit++)
		if (flags & 1ULL << bit)
			swapped |= 1ULL << (bit / 8 * 8 + 7 - bit % 8);
	return swapped;
}

void perfdata_swap_attr(struct perf_event_attr *attr)
{
	swap_u32(&attr->type);
	swap_u32(&attr->size);
	swap_u64(&attr->config);
	swap_u64(&attr->sample_period);
	swap_u64(&attr->sample_type);
	swap_u64(&attr->read_format);
	attr->flags = swap_flags(attr->flags);
	swap_u32(&attr->wakeup_watermark);
	swap_u32(&attr->bp_type);
	swap_u64(&attr->config1);
	swap_u64(&attr->config2);
	swap_u64(&attr->branch_sample_type);
	swap_u64(&attr->sample_regs_user);
	swap_u32(&attr->sample_stack_user);
	swap_u32(&attr->clockid);
	swap_u64(&attr->sample_regs_intr);
	swap_u32(&attr->aux_watermark);
	swap_u16(&attr->sample_max_stack);
	swap_u32(&attr->aux_sample_size);
	swap_u64(&attr->sig_data);
}

void perfdata_swap_header(struct perf_event_header *header)
{
	swap_u32(&header->type);
	swap_u16(&header->misc);
	swap_u16(&header->size);
}

/* Swap numbers in place and take them; layout has a letter for each: '2',
   '4', '8' bytes. */
static void swap_numbers(struct span *span, const char *layout)
{
	for (; *layout; layout++) {
		uint8_t *at = (uint8_t *)take_bytes(span, *layout - '0');

		if (!at)
			return;
		if (*layout == '2')
			swap_u16(at);
		else if (*layout == '4')
			swap_u32(at);
		else
			swap_u64(at);
	}
}

static void swap_words(struct span *span, uint64_t nr)
{
	for (; nr && !span->bad; nr--)
		swap_numbers(span, "8");
}

/* Swap a u64 and return it. */
static uint64_t swap_count(struct span *span)
{
	const uint8_t *at = span->pos;

	swap_numbers(span, "8");
	return span->bad ? 0 : load_u64(at);
}

/* The flags of a branch: bit-fields of these widths, from the other end. */
static uint64_t swap_branch_flags(uint64_t flags)
{
	static const uint8_t widths[] = {1, 1, 1, 1, 16, 4, 2, 4, 3};
	unsigned int from = 64, to = 0;
	uint64_t swapped = 0;

	for (unsigned int i = 0; i < sizeof(widths); i++) {
		from -= widths[i];
		swapped |= (flags >> from & ((1ULL << widths[i]) - 1)) << to;
		to += widths[i];
	}
	return swapped;
}

static void swap_branches(struct span *span, uint64_t type)
{
	uint64_t nr = swap_count(span);

	if (type & (1ULL << 17)) /* PERF_SAMPLE_BRANCH_HW_INDEX */
		swap_words(span, 1);
	for (uint64_t i = 0; i < nr && !span->bad; i++) {
		uint8_t *at = (uint8_t *)span->pos;
		uint64_t flags;

		swap_words(span, 3);
		if (span->bad)
			return;
		flags = swap_branch_flags(load_u64(at + 16));
		memcpy(at + 16, &flags, sizeof(flags));
	}
	if (type & (1ULL << 19)) /* PERF_SAMPLE_BRANCH_COUNTERS */
		swap_words(span, nr);
}

static void swap_read(struct span *span, uint64_t format)
{
	unsigned int times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
			     !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	unsigned int words = 1 + !!(format & PERF_FORMAT_ID) + !!(format & PERF_FORMAT_LOST);

	if (!(format & PERF_FORMAT_GROUP)) {
		swap_words(span, times + words);
	} else {
		uint64_t nr = swap_count(span);

		swap_words(span, times);
		for (; nr && !span->bad; nr--)
			swap_words(span, words);
	}
}

static void swap_regs(struct span *span, uint64_t mask)
{
	if (swap_count(span))
		swap_words(span, __builtin_popcountll(mask));
}

static void swap_stack(struct span *span)
{
	uint64_t size = swap_count(span);

	if (size == 0)
		return;
	take_bytes(span, size);
	swap_words(span, 1);
}

static void swap_raw(struct span *span)
{
	const uint8_t *at = span->pos;

	swap_numbers(span, "4");
	if (!span->bad)
		take_bytes(span, load_u32(at));
}

/* The fields behind the fixed ones. */
static void swap_rest(struct span *span, const struct perf_event_attr *attr)
{
	const uint64_t type = attr->sample_type;

	if (type & PERF_SAMPLE_READ)
		swap_read(span, attr->read_format);
	if (type & PERF_SAMPLE_CALLCHAIN)
		swap_words(span, swap_count(span));
	if (type & PERF_SAMPLE_RAW)
		swap_raw(span);
	if (type & PERF_SAMPLE_BRANCH_STACK)
		swap_branches(span, attr->branch_sample_type);
	if (type & PERF_SAMPLE_REGS_USER)
		swap_regs(span, attr->sample_regs_user);
	if (type & PERF_SAMPLE_STACK_USER)
		swap_stack(span);
	/* Of a weight of three parts the largest comes first on both sides. */
	if (type & PERF_SAMPLE_WEIGHT_STRUCT)
		swap_numbers(span, "422");
	else if (type & PERF_SAMPLE_WEIGHT)
		swap_words(span, 1);
	swap_words(span, !!(type & PERF_SAMPLE_DATA_SRC) + !!(type & PERF_SAMPLE_TRANSACTION));
	if (type & PERF_SAMPLE_REGS_INTR)
		swap_regs(span, attr->sample_regs_intr);
	swap_words(span, !!(type & PERF_SAMPLE_PHYS_ADDR) + !!(type & PERF_SAMPLE_CGROUP) +
			     !!(type & PERF_SAMPLE_DATA_PAGE_SIZE) +
			     !!(type & PERF_SAMPLE_CODE_PAGE_SIZE));
	if (type & PERF_SAMPLE_AUX)
		swap_words(span, 1);
}

static void swap_sample(struct span *span, const struct perf_event_attr *attr)
{
	const uint64_t type = attr->sample_type;

	swap_words(span, !!(type & PERF_SAMPLE_IDENTIFIER) + !!(type & PERF_SAMPLE_IP));
	if (type & PERF_SAMPLE_TID)
		swap_numbers(span, "44");
	swap_words(span, !!(type & PERF_SAMPLE_TIME) + !!(type & PERF_SAMPLE_ADDR) +
			     !!(type & PERF_SAMPLE_ID) + !!(type & PERF_SAMPLE_STREAM_ID));
	if (type & PERF_SAMPLE_CPU)
		swap_numbers(span, "44");
	if (type & PERF_SAMPLE_PERIOD)
		swap_words(span, 1);
	swap_rest(span, attr);
}

/* The sample_id at the end; the span then ends before it. */
static void swap_sample_id(struct span *span, const struct perf_event_attr *attr)
{
	const uint64_t type = attr->sample_type;
	unsigned int words = __builtin_popcountll(
	    type & (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
		    PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER));
	struct span tail;

	if (!(attr->flags & PERF_ATTR_SAMPLE_ID_ALL) || span_left(span) < words * 8)
		return;
	tail = (struct span){span->end - words * 8, span->end, false, false};
	span->end = tail.pos;
	if (type & PERF_SAMPLE_TID)
		swap_numbers(&tail, "44");
	swap_words(&tail, !!(type & PERF_SAMPLE_TIME) + !!(type & PERF_SAMPLE_ID) +
			      !!(type & PERF_SAMPLE_STREAM_ID));
	if (type & PERF_SAMPLE_CPU)
		swap_numbers(&tail, "44");
	if (type & PERF_SAMPLE_IDENTIFIER)
		swap_words(&tail, 1);
}

static void swap_mmap2(struct span *span, uint16_t misc)
{
	swap_numbers(span, "44888");
	if (misc & PERF_RECORD_MISC_MMAP_BUILD_ID)
		take_bytes(span, 24);
	else
		swap_numbers(span, "4488");
	swap_numbers(span, "44");
}

static void swap_fields(struct span *span, const struct perf_event_header *header)
{
	static const char *const layouts[] = {
	    [PERF_RECORD_MMAP] = "44888",     [PERF_RECORD_LOST] = "88",
	    [PERF_RECORD_COMM] = "44",	      [PERF_RECORD_EXIT] = "44448",
	    [PERF_RECORD_THROTTLE] = "888",   [PERF_RECORD_UNTHROTTLE] = "888",
	    [PERF_RECORD_FORK] = "44448",     [PERF_RECORD_READ] = "44",
	    [PERF_RECORD_AUX] = "888",	      [PERF_RECORD_ITRACE_START] = "44",
	    [PERF_RECORD_LOST_SAMPLES] = "8", [PERF_RECORD_SWITCH_CPU_WIDE] = "44",
	    [PERF_RECORD_NAMESPACES] = "44",  [PERF_RECORD_KSYMBOL] = "8422",
	    [PERF_RECORD_BPF_EVENT] = "224",  [PERF_RECORD_CGROUP] = "8",
	    [PERF_RECORD_TEXT_POKE] = "822",  [PERF_RECORD_AUX_OUTPUT_HW_ID] = "8",
	};
	const char *layout = NULL;

	if (header->type == PERF_RECORD_MMAP2) {
		swap_mmap2(span, header->misc);
		return;
	}
	if (header->type < sizeof(layouts) / sizeof(layouts[0]))
		layout = layouts[header->type];
	if (layout)
		swap_numbers(span, layout);
	if (header->type == PERF_RECORD_READ || header->type == PERF_RECORD_NAMESPACES ||
	    header->type >= PERF_RECORD_CALLCHAIN_DEFERRED)
		swap_words(span, span_left(span) / 8);
}

void perfdata_swap_body(const struct perfdata *file, const struct perf_event_header *header,
			uint8_t *body)
{
	const uint64_t size = header->size - sizeof(*header);
	const struct perfdata_event *event =
	    perfdata_event_of(file, header->type, body, size, true);
	struct span span = {body, body + size, false, false};

	if (event && header->type == PERF_RECORD_SAMPLE) {
		swap_sample(&span, &event->attr);
		return;
	}
	if (event)
		swap_sample_id(&span, &event->attr);
	swap_fields(&span, header);
}
