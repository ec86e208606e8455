/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that the recorder makes: perfdata(5).  The library hands them out
 * as they stand in the file, in the recorder's byte order.
 */
#include <byteswap.h>
#include <string.h>

#include "dump_record.h"

#define RECORD_HEADER 8
#define COMM_SIZE     16
#define UPDATE_NAME   2		/* type of an EVENT_UPDATE */
#define ID_SIZE	      20	/* room of a build-id */
#define MISC_ID_SIZE  (1 << 15) /* the byte behind it says how much is used */

/* What is left of a record.  Reading beyond it gives 0. */
struct rest {
	const uint8_t *at, *end;
	bool swapped;
};

static size_t left(const struct rest *rest)
{
	return rest->end - rest->at;
}

static uint32_t take_32(struct rest *rest)
{
	uint32_t value = 0;

	if (left(rest) >= sizeof value) {
		memcpy(&value, rest->at, sizeof value);
		rest->at += sizeof value;
	} else {
		rest->at = rest->end;
	}
	return rest->swapped ? bswap_32(value) : value;
}

static uint64_t take_64(struct rest *rest)
{
	uint64_t value = 0;

	if (left(rest) >= sizeof value) {
		memcpy(&value, rest->at, sizeof value);
		rest->at += sizeof value;
	} else {
		rest->at = rest->end;
	}
	return rest->swapped ? bswap_64(value) : value;
}

/* A string in at most size bytes, which are all taken. */
static void put_string(struct dump_fields *fields, const char *name, struct rest *rest, size_t size)
{
	char string[UINT16_MAX + 1];
	size_t length;

	if (size > left(rest))
		size = left(rest);
	length = strnlen((const char *)rest->at, size);
	memcpy(string, rest->at, length);
	string[length] = '\0';
	rest->at += size;
	fields_string(fields, name, string);
}

static void put_bytes(struct dump_fields *fields, const char *name, struct rest *rest)
{
	fields_bytes(fields, name, rest->at, left(rest));
	rest->at = rest->end;
}

/* struct perf_event_attr begins with type, size, config, period, sample_type;
   ids follow it. */
static void put_attr(struct dump_fields *fields, struct rest *rest)
{
	struct rest ids = *rest;
	uint32_t size;

	fields_number(fields, "event_type", take_32(rest));
	size = take_32(rest);
	fields_number(fields, "attr_size", size);
	fields_hex(fields, "config", take_64(rest));
	fields_number(fields, "sample_period", take_64(rest));
	fields_hex(fields, "sample_type", take_64(rest));
	ids.at = size < left(&ids) ? ids.at + size : ids.end;
	fields_list_begin(fields, "ids");
	while (left(&ids) >= 8)
		fields_number(fields, NULL, take_64(&ids));
	fields_list_end(fields);
}

static void put_update(struct dump_fields *fields, struct rest *rest)
{
	uint64_t type = take_64(rest);

	fields_number(fields, "update", type);
	fields_number(fields, "of_id", take_64(rest));
	if (type == UPDATE_NAME)
		put_string(fields, "name", rest, left(rest));
	else
		put_bytes(fields, "bytes", rest);
}

static void put_build_id(struct dump_fields *fields, struct rest *rest, uint16_t misc)
{
	const uint8_t *id;
	size_t size = ID_SIZE;

	fields_signed(fields, "of_pid", (int32_t)take_32(rest));
	if (left(rest) < ID_SIZE + 4) {
		put_bytes(fields, "bytes", rest);
		return;
	}
	id = rest->at;
	if (misc & MISC_ID_SIZE && id[ID_SIZE] <= ID_SIZE)
		size = id[ID_SIZE];
	rest->at += ID_SIZE + 4;
	fields_bytes(fields, "build_id", id, size);
	put_string(fields, "filename", rest, left(rest));
}

static void put_id_index(struct dump_fields *fields, struct rest *rest)
{
	uint64_t nr = take_64(rest);

	fields_number(fields, "nr", nr);
	fields_list_begin(fields, "id_idx_cpu_tid");
	while (left(rest) >= 8)
		fields_signed(fields, NULL, (int64_t)take_64(rest));
	fields_list_end(fields);
}

static void put_thread_map(struct dump_fields *fields, struct rest *rest)
{
	fields_number(fields, "nr", take_64(rest));
	fields_list_begin(fields, "tids_comms");
	while (left(rest) >= 8) {
		fields_signed(fields, NULL, (int64_t)take_64(rest));
		put_string(fields, NULL, rest, COMM_SIZE);
	}
	fields_list_end(fields);
}

static void put_auxtrace(struct dump_fields *fields, struct rest *rest)
{
	fields_hex(fields, "trace_size", take_64(rest));
	fields_hex(fields, "trace_offset", take_64(rest));
	fields_hex(fields, "reference", take_64(rest));
	fields_number(fields, "idx", take_32(rest));
	fields_signed(fields, "of_tid", (int32_t)take_32(rest));
	fields_signed(fields, "of_cpu", (int32_t)take_32(rest));
}

static void put_time_conv(struct dump_fields *fields, struct rest *rest)
{
	fields_number(fields, "time_shift", take_64(rest));
	fields_number(fields, "time_mult", take_64(rest));
	fields_number(fields, "time_zero", take_64(rest));
	put_bytes(fields, "bytes", rest);
}

void dump_user_record(struct dump_fields *fields, const struct perfdata *file,
		      const struct perfdata_record *record)
{
	struct rest rest = {record->body, record->body + record->size - RECORD_HEADER,
			    file->swapped};

	switch (record->type) {
	case PERF_RECORD_HEADER_ATTR:
		put_attr(fields, &rest);
		break;
	case PERF_RECORD_HEADER_BUILD_ID:
		put_build_id(fields, &rest, record->misc);
		break;
	case PERF_RECORD_HEADER_FEATURE:
		fields_number(fields, "feature", take_64(&rest));
		put_bytes(fields, "bytes", &rest);
		break;
	case PERF_RECORD_EVENT_UPDATE:
		put_update(fields, &rest);
		break;
	case PERF_RECORD_ID_INDEX:
		put_id_index(fields, &rest);
		break;
	case PERF_RECORD_THREAD_MAP:
		put_thread_map(fields, &rest);
		break;
	case PERF_RECORD_AUXTRACE:
		put_auxtrace(fields, &rest);
		break;
	case PERF_RECORD_TIME_CONV:
		put_time_conv(fields, &rest);
		break;
	default:
		if (left(&rest) > 0)
			put_bytes(fields, "bytes", &rest);
		break;
	}
}
