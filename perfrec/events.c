/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing event names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mach/perf_event.h>

#include "events.h"
#include "exit_codes.h"
#include "number.h"

/* Names offered for an unknown one, and how many edits away they may be. */
#define MAX_NEAR     3
#define MAX_DISTANCE 4

#define MAX_EVENT_TEXT 256 /* of an event with its terms */

static unsigned int smallest(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Edits (insert, delete, replace) from a to b; both short. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[MAX_EVENT_NAME + 1];
	size_t length = strlen(b), i, j;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= length; j++) {
			unsigned int above = row[j];

			row[j] =
			    smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[length];
}

/* How near a name is to what was written: its edits, 0 if it holds it. */
static unsigned int nearness(const char *written, const char *name)
{
	return strlen(written) >= 3 && strcasestr(name, written) ? 0 : distance(written, name);
}

/* Refuse an unknown event and offer the nearest names. */
static int unknown_event(const char *written)
{
	char offer[3 * MAX_EVENT_NAME + 32] = "";
	unsigned int limit, found = 0;
	size_t n;

	for (limit = 0; limit <= MAX_DISTANCE && found < MAX_NEAR; limit++) {
		for (n = 0; n < nr_event_names && found < MAX_NEAR; n++) {
			const char *name = event_names[n].name;

			if (nearness(written, name) != limit)
				continue;
			strcat(offer, found++ ? ", " : "; near it: ");
			strcat(offer, name);
		}
	}
	return fail(EXIT_UNKNOWN_EVENT, "unknown event '%s'%s (perfrec list shows all)", written,
		    offer);
}

static const struct event_name *find_name(const char *name)
{
	size_t n;

	for (n = 0; n < nr_event_names; n++) {
		const struct event_name *known = &event_names[n];

		if (!strcmp(name, known->name) || (known->alias && !strcmp(name, known->alias)))
			return known;
	}
	return NULL;
}

/* "r" and up to 16 hexadecimal digits. */
static bool parse_raw(const char *name, uint64_t *config)
{
	size_t digits = strspn(name + 1, "0123456789abcdefABCDEF");

	if (name[0] != 'r' || digits == 0 || digits > 16 || name[1 + digits])
		return false;
	*config = strtoull(name + 1, NULL, 16);
	return true;
}

/* The letters behind the colon or the terms: u counts user mode, k the kernel. */
static int parse_modifiers(struct event *event, const char *modifiers, const char *written)
{
	bool user = strchr(modifiers, 'u'), kernel = strchr(modifiers, 'k');

	if (modifiers[0] == '\0' || modifiers[strspn(modifiers, "uk")])
		return fail(EXIT_USAGE, "event '%s': unknown modifier '%s' (u: user, k: kernel)",
			    written, modifiers);
	event->exclude_user = !user;
	event->exclude_kernel = !kernel;
	return EXIT_GOOD;
}

/* One NAME=VALUE of those between the slashes. */
static int parse_term(struct event *event, const char *term, const char *written)
{
	char what[MAX_EVENT_TEXT + 32];
	const char *value = strchr(term, '=');
	size_t length = value ? (size_t)(value - term) : strlen(term);
	bool period = length == 6 && !memcmp(term, "period", length);

	if (!period && (length != 4 || memcmp(term, "freq", length)))
		return fail(EXIT_USAGE,
			    "event '%s': unknown term '%.*s' (there are period=N and freq=HZ)",
			    written, (int)length, term);
	if (period ? event->period : event->frequency)
		return fail(EXIT_USAGE, "event '%s': %.*s is given twice", written, (int)length,
			    term);
	snprintf(what, sizeof(what), "event '%s': %.*s", written, (int)length, term);
	return parse_number(what, value ? value + 1 : "", 1, period ? INT64_MAX : MAX_FREQUENCY,
			    period ? &event->period : &event->frequency);
}

/* What stands between the slashes; it is taken apart. */
static int parse_terms(struct event *event, char *terms, const char *written)
{
	int code = EXIT_GOOD;

	while (terms && *terms && code == EXIT_GOOD) {
		char *term = strsep(&terms, ",");

		code = parse_term(event, term, written);
	}
	if (code == EXIT_GOOD && event->period && event->frequency)
		code = fail(EXIT_USAGE, "event '%s': period and freq exclude each other", written);
	return code;
}

/* What follows the event's own name: ":MODIFIERS" or "/TERMS/MODIFIERS".  It is
   taken apart; *modifiers is what of it stays in the name. */
static int parse_rest(struct event *event, char *rest, const char *written, const char **modifiers)
{
	char *end;
	int code;

	*modifiers = "";
	if (*rest == '\0')
		return EXIT_GOOD;
	if (*rest == '/') {
		end = strchr(rest + 1, '/');
		if (!end)
			return fail(EXIT_USAGE, "event '%s': no slash ends its terms", written);
		*end = '\0';
		code = parse_terms(event, rest + 1, written);
		if (code || end[1] == '\0')
			return code;
		rest = end[1] == ':' ? end + 1 : end;
	}
	*modifiers = rest + 1;
	return parse_modifiers(event, rest + 1, written);
}

/* What the name without modifiers means. */
static int look_up(struct event *event, const char *base)
{
	const struct event_name *known = find_name(base);

	if (known) {
		event->type = known->type;
		event->config = known->config;
		return EXIT_GOOD;
	}
	event->type = PERF_TYPE_RAW;
	return parse_raw(base, &event->config) ? EXIT_GOOD : unknown_event(base);
}

static int parse_event(struct event *event, const char *text, size_t length)
{
	char written[MAX_EVENT_TEXT], rest[MAX_EVENT_TEXT], base[MAX_EVENT_NAME];
	size_t name = strcspn(text, ":/,");
	const char *modifiers;
	int code;

	if (name == 0)
		return fail(EXIT_USAGE, "empty event name");
	if (name >= sizeof(base))
		return fail(EXIT_UNKNOWN_EVENT, "unknown event '%.*s' (perfrec list shows all)",
			    (int)name, text);
	if (length >= sizeof(written))
		return fail(EXIT_USAGE, "event '%.*s...': too long", (int)name, text);
	memset(event, 0, sizeof(*event));
	snprintf(written, sizeof(written), "%.*s", (int)length, text);
	snprintf(rest, sizeof(rest), "%s", written + name);
	snprintf(base, sizeof(base), "%.*s", (int)name, text);
	code = parse_rest(event, rest, written, &modifiers);
	if (code == EXIT_GOOD && name + strlen(modifiers) + 2 > sizeof(event->name))
		code = fail(EXIT_USAGE, "event '%s': too long", written);
	if (code)
		return code;
	strcpy(event->name, base);
	if (*modifiers)
		strcat(strcat(event->name, ":"), modifiers);
	return look_up(event, base);
}

/* Up to the comma that ends an event; those between slashes do not. */
static size_t event_length(const char *text)
{
	bool inside = false;
	size_t length;

	for (length = 0; text[length] && (inside || text[length] != ','); length++)
		inside ^= text[length] == '/';
	return length;
}

int parse_events(struct event_list *list, const char *text)
{
	for (;;) {
		size_t length = event_length(text);
		int code;

		if (list->nr == MAX_EVENTS)
			return fail(EXIT_USAGE, "more than %d events", MAX_EVENTS);
		code = parse_event(&list->events[list->nr], text, length);
		if (code)
			return code;
		list->nr++;
		if (text[length] == '\0')
			return EXIT_GOOD;
		text += length + 1;
	}
}

const char *unsupported_reason(const struct event *event)
{
	size_t n;

	for (n = 0; n < nr_event_names; n++)
		if (event_names[n].type == event->type && event_names[n].config == event->config)
			return event_names[n].reason;
	return NULL;
}

static void print_name(const struct event_name *known)
{
	char both[2 * MAX_EVENT_NAME + 8];

	snprintf(both, sizeof(both), "%s%s%s", known->name, known->alias ? " or " : "",
		 known->alias ? known->alias : "");
	printf("  %-46s %s\n", both, known->description);
	if (known->reason)
		printf("  %-46s   not counted: %s\n", "", known->reason);
}

int list_events(void)
{
	size_t n;

	printf("Events of the emulated PMU:\n");
	for (n = 0; n < nr_event_names; n++)
		if (!event_names[n].reason)
			print_name(&event_names[n]);
	printf("\n  %-46s %s\n", "rNNN", "raw: umask and event select in hexadecimal, as in r412e");
	printf("\nEvents it cannot count:\n");
	for (n = 0; n < nr_event_names; n++)
		if (event_names[n].reason)
			print_name(&event_names[n]);
	printf("\nModifiers: NAME:u counts in user mode only, NAME:k in the kernel only.\n"
	       "Terms of perfrec record: NAME/period=N/ takes a sample every N events, "
	       "NAME/freq=HZ/u so many a\nsecond; each event may have its own.\n");
	if (fflush(stdout))
		return fail(EXIT_OUTPUT, "cannot write the list: %s", strerror(errno));
	return EXIT_GOOD;
}
