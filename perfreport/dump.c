/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include <perfdata.h>

#include "bundle.h"
#include "dump.h"
#include "dump_record.h"
#include "input.h"
#include "output.h"

#define PIECE (1 << 18) /* bytes after which lines are written */

struct dumping {
	const struct perfdata *file;
	struct output *output;
	struct text text;
	enum dump_form form;
	uint64_t damaged; /* records */
	struct failure *failure;
};

static void put_head(struct dump_fields *fields, const struct perfdata_record *record)
{
	if (fields->form != DUMP_CSV)
		fields_hex(fields, "offset", record->offset);
	fields_number(fields, "size", record->size);
	if (fields->form != DUMP_CSV)
		fields_word(fields, "type", fields->type);
	fields_number(fields, "number", record->type);
	fields_hex(fields, "misc", record->misc);
}

static void put_record(struct dumping *dumping, const struct perfdata_record *record,
		       const struct perfdata_error *damage)
{
	struct dump_fields fields = {.text = &dumping->text,
				     .form = dumping->form,
				     .offset = record->offset,
				     .type = perfdata_record_name(record->type)};

	fields_begin(&fields);
	put_head(&fields, record);
	if (damage == NULL)
		dump_record(&fields, dumping->file, record);
	else
		fields_string(&fields, "damaged", damage->text);
	fields_end(&fields);
}

static bool flush(struct dumping *dumping, size_t least)
{
	if (dumping->text.length < least)
		return true;
	if (!output_add(dumping->output, &dumping->text, dumping->failure))
		return false;
	dumping->text.length = 0;
	return true;
}

/* All that can be read; status and error are what ended it. */
static bool put_records(struct dumping *dumping, enum perfdata_status *status,
			struct perfdata_error *error)
{
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	bool good = true;

	perfdata_rewind(dumping->file, &cursor);
	while (good) {
		*status = perfdata_next(dumping->file, &cursor, &record, error);
		if (*status == PERFDATA_OK) {
			put_record(dumping, &record, NULL);
		} else if (*status == PERFDATA_CORRUPT) {
			dumping->damaged++;
			put_record(dumping, &record, error);
		} else {
			break;
		}
		good = flush(dumping, PIECE);
	}
	perfdata_cursor_free(&cursor);
	return good && flush(dumping, 1);
}

static bool tell_end(const struct dumping *dumping, const char *path, enum perfdata_status status,
		     const struct perfdata_error *error)
{
	if (status == PERFDATA_NO_MEMORY)
		failure_set(dumping->failure, EXIT_MEMORY, "%s: %s", path, error->text);
	else if (status == PERFDATA_TRUNCATED)
		failure_set(dumping->failure, EXIT_INCOMPLETE, "%s: incomplete: %s", path,
			    error->text);
	else if (dumping->damaged)
		failure_set(dumping->failure, EXIT_INCOMPLETE,
			    "%s: %" PRIu64 " records contradict themselves", path,
			    dumping->damaged);
	else if (dumping->file->truncated)
		failure_set(dumping->failure, EXIT_INCOMPLETE, "%s: incomplete: the file was cut",
			    path);
	else
		return true;
	return false;
}

static bool dump_file(const struct perfdata *file, const char *path, const char *to,
		      enum dump_form form, struct failure *failure)
{
	struct output output;
	struct dumping dumping = {
	    .file = file, .output = &output, .form = form, .failure = failure};
	enum perfdata_status status = PERFDATA_END;
	struct perfdata_error error;
	bool good;

	if (!output_begin(&output, to, failure))
		return false;
	if (form == DUMP_CSV)
		text_add(&dumping.text, "offset,type,field,value\r\n");
	good = put_records(&dumping, &status, &error);
	text_free(&dumping.text);
	return output_end(&output, good, failure) && tell_end(&dumping, path, status, &error);
}

static bool dump_bytes(const void *bytes, size_t size, const char *path, const char *output,
		       enum dump_form form, struct failure *failure)
{
	struct perfdata_error error;
	struct perfdata *file;
	bool good;

	if (perfdata_open(&file, bytes, size, &error) != PERFDATA_OK) {
		failure_set(failure, EXIT_FORMAT, "%s: %s", path, error.text);
		return false;
	}
	good = dump_file(file, path, output, form, failure);
	perfdata_close(file);
	return good;
}

bool dump(const char *path, const char *output, enum dump_form form, struct failure *failure)
{
	struct bundle *bundle = NULL;
	struct input input;
	const void *bytes;
	size_t size;
	bool good;

	if (!input_open(&input, path, failure))
		return false;
	bytes = input.bytes;
	size = input.size;
	good = !bundle_is(bytes, size) || bundle_open(&bundle, bytes, size, path, failure);
	if (bundle != NULL)
		bytes = bundle_find(bundle, BUNDLE_RECORDING, &size);
	good = good && dump_bytes(bytes, size, path, output, form, failure);
	bundle_close(bundle);
	input_close(&input);
	return good;
}
