/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "dump_fields.h"

void fields_begin(struct dump_fields *fields)
{
	fields->first = true;
	fields->in_list = false;
	if (fields->form == DUMP_JSON)
		text_add(fields->text, "{");
}

void fields_end(struct dump_fields *fields)
{
	static const char *const ends[] = {
	    [DUMP_TEXT] = "\n", [DUMP_JSON] = "}\n", [DUMP_CSV] = "\r\n"};

	text_add(fields->text, ends[fields->form]);
}

/* The line of a field, or of a list's next value, but for the value. */
static void begin_line(struct dump_fields *fields, const char *name)
{
	text_print(fields->text, "%s0x%" PRIx64 ",%s,%s,", fields->first ? "" : "\r\n",
		   fields->offset, fields->type, fields->in_list ? fields->list : name);
	fields->first = false;
}

static void add_name(struct dump_fields *fields, const char *name)
{
	if (fields->form == DUMP_CSV) {
		begin_line(fields, name);
		return;
	}
	if (!fields->first)
		text_add(fields->text, fields->form == DUMP_JSON || fields->in_list ? "," : " ");
	fields->first = false;
	if (!fields->in_list)
		text_print(fields->text, fields->form == DUMP_JSON ? "\"%s\":" : "%s=", name);
}

void fields_number(struct dump_fields *fields, const char *name, uint64_t number)
{
	add_name(fields, name);
	text_print(fields->text, "%" PRIu64, number);
}

void fields_signed(struct dump_fields *fields, const char *name, int64_t number)
{
	add_name(fields, name);
	text_print(fields->text, "%" PRId64, number);
}

/* JSON numbers are often read as doubles: addresses would lose their end. */
void fields_hex(struct dump_fields *fields, const char *name, uint64_t number)
{
	add_name(fields, name);
	text_print(fields->text, fields->form == DUMP_JSON ? "\"0x%" PRIx64 "\"" : "0x%" PRIx64,
		   number);
}

/* For people: as it is, but that it stays one line and its end is clear. */
static void add_quoted(struct text *text, const char *string)
{
	text_add(text, "\"");
	for (; *string; string++) {
		unsigned char byte = *string;

		if (byte < ' ' || byte == 0x7f)
			text_print(text, "\\x%02x", byte);
		else
			text_print(text, "%s%c", byte == '"' || byte == '\\' ? "\\" : "", byte);
	}
	text_add(text, "\"");
}

void fields_string(struct dump_fields *fields, const char *name, const char *string)
{
	add_name(fields, name);
	if (fields->form == DUMP_JSON)
		text_add_json(fields->text, string);
	else if (fields->form == DUMP_CSV)
		text_add_csv(fields->text, string);
	else
		add_quoted(fields->text, string);
}

void fields_word(struct dump_fields *fields, const char *name, const char *word)
{
	add_name(fields, name);
	text_print(fields->text, fields->form == DUMP_JSON ? "\"%s\"" : "%s", word);
}

void fields_bytes(struct dump_fields *fields, const char *name, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *byte = bytes;

	const char *quote = fields->form == DUMP_CSV ? "" : "\"";

	add_name(fields, name);
	text_add(fields->text, quote);
	for (size_t i = 0; i < size; i++) {
		const char hex[2] = {digits[byte[i] >> 4], digits[byte[i] & 15]};

		text_add_bytes(fields->text, hex, sizeof hex);
	}
	text_add(fields->text, quote);
}

void fields_list_begin(struct dump_fields *fields, const char *name)
{
	fields->list = name;
	if (fields->form != DUMP_CSV) {
		add_name(fields, name);
		text_add(fields->text, "[");
		fields->first = true;
	}
	fields->in_list = true;
}

void fields_list_end(struct dump_fields *fields)
{
	fields->in_list = false;
	if (fields->form == DUMP_CSV)
		return;
	text_add(fields->text, "]");
	fields->first = false;
}
