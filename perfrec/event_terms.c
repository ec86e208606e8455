/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between an event's slashes: period and frequency, a name, and the
   parts of an encoding. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "exit_codes.h"
#include "number.h"

/* A term of cpu/.../: a field of the event select register.  Intel SDM volume
   3, "Architectural Performance Monitoring Version 1 Facilities"; bits 35:32
   continue AMD's event, which is one field of twelve bits to a user. */
static const struct field {
	const char *name;
	unsigned int bit, width;
	const char *reason; /* not a user's to set; NULL: it is */
} fields[] = {
    {"event", 0, 12, NULL},
    {"umask", 8, 8, NULL},
    {"edge", 18, 1, NULL},
    {"inv", 23, 1, NULL},
    {"cmask", 24, 8, NULL},
    {"config", 0, 64, NULL},
    {"any", 21, 1, "it counts what other tasks do on the other thread of the core"},
    {"pc", 19, 1, "it drives a pin of the processor"},
    {"in_tx", 32, 1, "transactions are not told apart"},
    {"in_tx_cp", 33, 1, "transactions are not told apart"},
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct field *find_field(const char *name)
{
	size_t n;

	for (n = 0; n < NR_FIELDS; n++)
		if (!strcmp(fields[n].name, name))
			return &fields[n];
	return NULL;
}

/* Bits of an event beyond the eighth are elsewhere. */
static uint64_t spread(const struct field *field, uint64_t value)
{
	if (field->width == 12)
		return (value & 0xff) | (value & 0xf00) << 24;
	return value << field->bit;
}

static int set_field(struct event *event, const struct field *field, const char *value,
		     const char *written)
{
	const uint64_t most = field->width == 64 ? UINT64_MAX : (1ULL << field->width) - 1;
	uint64_t number = 1;
	char *end;

	if (field->reason)
		return fail(EXIT_USAGE, "event '%s': %s cannot be set: %s", written, field->name,
			    field->reason);
	if (value) {
		errno = 0;
		number = strtoull(value, &end, 0);
		if (value[0] < '0' || value[0] > '9' || *end || errno || number > most)
			return fail(EXIT_USAGE,
				    "event '%s': %s: '%s' is not a number up to 0x%" PRIx64,
				    written, field->name, value, most);
	} else if (field->width > 1) {
		return fail(EXIT_USAGE, "event '%s': %s needs a value", written, field->name);
	}
	event->config |= spread(field, number);
	return EXIT_GOOD;
}

/* period=N and freq=HZ. */
static int set_rate(struct event *event, const char *name, const char *value, const char *written)
{
	const bool period = !strcmp(name, "period");
	char what[MAX_EVENT_TEXT + 32];

	if (period ? event->period : event->frequency)
		return fail(EXIT_USAGE, "event '%s': %s is given twice", written, name);
	snprintf(what, sizeof(what), "event '%s': %s", written, name);
	return parse_number(what, value ? value : "", 1, period ? INT64_MAX : MAX_FREQUENCY,
			    period ? &event->period : &event->frequency);
}

static int set_event_name(struct event *event, const char *value, const char *written)
{
	if (!value || !*value || strlen(value) >= sizeof(event->name))
		return fail(EXIT_USAGE, "event '%s': name needs one of at most %d letters", written,
			    MAX_EVENT_NAME - 1);
	strcpy(event->name, value);
	return EXIT_GOOD;
}

static int parse_term(struct event *event, char *term, bool encoding, const char *written)
{
	const struct field *field;
	char *value = strchr(term, '=');

	if (value)
		*value++ = '\0';
	if (!strcmp(term, "period") || !strcmp(term, "freq"))
		return set_rate(event, term, value, written);
	if (!strcmp(term, "name"))
		return set_event_name(event, value, written);
	field = find_field(term);
	if (field && encoding)
		return set_field(event, field, value, written);
	if (field)
		return fail(EXIT_USAGE, "event '%s': %s is a term of cpu/.../ only", written, term);
	return fail(EXIT_USAGE,
		    "event '%s': unknown term '%s' (there are period=N, freq=HZ and name=NAME%s)",
		    written, term, encoding ? "; event, umask, edge, inv, cmask and config" : "");
}

int parse_terms(struct event *event, char *terms, bool encoding, const char *written)
{
	int code = EXIT_GOOD;

	while (terms && *terms && code == EXIT_GOOD) {
		char *term = strsep(&terms, ",");

		code = parse_term(event, term, encoding, written);
	}
	if (code == EXIT_GOOD && event->period && event->frequency)
		code = fail(EXIT_USAGE, "event '%s': period and freq exclude each other", written);
	return code;
}
