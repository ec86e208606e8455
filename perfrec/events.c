/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing event names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mach/perf_event.h>

#include "events.h"
#include "exit_codes.h"
#include "pfm.h"

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

/* The letters behind the colon or the terms: u counts user mode, k the kernel;
   h, the hypervisor, is nobody here. */
static int parse_modifiers(struct event *event, const char *modifiers, const char *written)
{
	bool user = strchr(modifiers, 'u'), kernel = strchr(modifiers, 'k');

	if (modifiers[0] == '\0' || modifiers[strspn(modifiers, "ukh")])
		return fail(EXIT_USAGE,
			    "event '%s': unknown modifier '%s' (u: user, k: kernel, h: hypervisor)",
			    written, modifiers);
	if (!user && !kernel)
		return fail(EXIT_USAGE, "event '%s': there is no hypervisor to count; add u or k",
			    written);
	event->exclude_user = !user;
	event->exclude_kernel = !kernel;
	return EXIT_GOOD;
}

/* What follows the event's own name; it is taken apart.  *modifiers is what of
   it stays in the name. */
static int parse_rest(struct event *event, char *rest, bool encoding, const char *written,
		      const char **modifiers)
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
		code = parse_terms(event, rest + 1, encoding, written);
		if (code || end[1] == '\0')
			return code;
		rest = end[1] == ':' ? end + 1 : end;
	}
	*modifiers = rest + 1;
	return parse_modifiers(event, rest + 1, written);
}

/* What the name without modifiers means; false: nothing. */
static bool look_up(struct event *event, const char *base)
{
	const struct event_name *known = find_name(base);

	if (known) {
		event->type = known->type;
		event->config = known->config;
		return true;
	}
	event->type = PERF_TYPE_RAW;
	return parse_raw(base, &event->config);
}

/* The name as results have it: a name= term, else what is left of the text
   without period and freq. */
static int set_name(struct event *event, const char *base, bool encoding, const char *modifiers)
{
	int length;

	if (event->name[0])
		return EXIT_GOOD;
	if (encoding)
		length = snprintf(event->name, sizeof(event->name), "%s", event->text);
	else
		length = snprintf(event->name, sizeof(event->name), "%s%s%s", base,
				  *modifiers ? ":" : "", modifiers);
	if (length >= (int)sizeof(event->name))
		return fail(EXIT_USAGE, "event '%s': too long", event->text);
	return EXIT_GOOD;
}

static int parse_event(struct event *event, const char *text, size_t length, bool of_host)
{
	char rest[MAX_EVENT_TEXT], base[MAX_EVENT_NAME];
	const char *modifiers;
	size_t name;
	bool encoding;
	int code;

	memset(event, 0, sizeof(*event));
	name = strcspn(text, ":/,{}");
	if (name >= sizeof(base))
		return fail(EXIT_UNKNOWN_EVENT, "unknown event '%.*s' (perfrec list shows all)",
			    (int)name, text);
	if (length >= sizeof(event->text))
		return fail(EXIT_USAGE, "event '%.*s...': too long", (int)name, text);
	snprintf(event->text, sizeof(event->text), "%.*s", (int)length, text);
	if (name == 0)
		return fail(EXIT_USAGE, "empty event name");
	snprintf(base, sizeof(base), "%.*s", (int)name, event->text);
	snprintf(rest, sizeof(rest), "%s", event->text + name);
	encoding = !strcmp(base, "cpu") && rest[0] == '/';
	if (encoding)
		event->type = PERF_TYPE_RAW;
	else if (!look_up(event, base))
		return parse_pfm_event(event, of_host);
	code = parse_rest(event, rest, encoding, event->text, &modifiers);
	if (code)
		return code;
	if (strstr(event->text, "/:")) /* one way to write it */
		strcpy(strstr(event->text, "/:") + 1, modifiers);
	return set_name(event, base, encoding, modifiers);
}

/* Up to the comma or brace that ends an event; those between slashes do not. */
static size_t event_length(const char *text)
{
	bool inside = false;
	size_t length;

	for (length = 0; text[length] && (inside || !strchr(",{}", text[length])); length++)
		inside ^= text[length] == '/';
	return length;
}

/* Append one event; *text moves behind it. */
static int append_event(struct event_list *list, const char **text)
{
	size_t length = event_length(*text);
	int code;

	if (list->nr == MAX_EVENTS)
		return fail(EXIT_USAGE, "more than %d events", MAX_EVENTS);
	code = parse_event(&list->events[list->nr], *text, length, list->of_host);
	list->events[list->nr].leader = list->nr;
	list->nr++;
	*text += length;
	return code;
}

/* Give a group's modifiers to those of its events that have none. */
static int modify_group(struct event_list *list, unsigned int leader, const char *modifiers)
{
	unsigned int n;
	int code = EXIT_GOOD;

	for (n = leader; n < list->nr && code == EXIT_GOOD; n++) {
		struct event *event = &list->events[n];
		size_t end = strlen(event->text);
		bool terms = event->text[end - 1] == '/';

		if (event->exclude_user || event->exclude_kernel)
			continue;
		code = parse_modifiers(event, modifiers, event->text);
		if (code == EXIT_GOOD &&
		    strlen(event->name) + strlen(modifiers) + 1 >= sizeof(event->name))
			return fail(EXIT_USAGE, "event '%s': too long", event->text);
		if (code)
			return code;
		snprintf(event->text + end, sizeof(event->text) - end, "%s%s", terms ? "" : ":",
			 modifiers);
		end = strlen(event->name);
		snprintf(event->name + end, sizeof(event->name) - end, "%s%s",
			 event->name[end - 1] == '/' ? "" : ":", modifiers);
	}
	return code;
}

/* "{EVENT,...}:MODIFIERS"; *text moves behind it. */
static int append_group(struct event_list *list, const char **text)
{
	const unsigned int leader = list->nr;
	char modifiers[8] = "";
	unsigned int n;
	size_t length;
	int code;

	do {
		++*text; /* the brace, or a comma */
		code = append_event(list, text);
		if (code)
			return code;
	} while (**text == ',');
	if (**text != '}')
		return fail(EXIT_USAGE, "-e: no brace ends the group that begins with '%s'",
			    list->events[leader].text);
	for (n = leader; n < list->nr; n++)
		list->events[n].leader = leader;
	++*text;
	if (**text != ':')
		return EXIT_GOOD;
	length = strcspn(*text + 1, ",{}");
	snprintf(modifiers, sizeof(modifiers), "%.*s", (int)length, *text + 1);
	*text += 1 + length;
	return modify_group(list, leader, modifiers);
}

int parse_events(struct event_list *list, const char *text)
{
	const char *whole = text;

	for (;;) {
		int code = *text == '{' ? append_group(list, &text) : append_event(list, &text);

		if (code)
			return code;
		if (*text == '\0')
			return EXIT_GOOD;
		if (*text != ',')
			return fail(EXIT_USAGE, "-e '%s': a comma is missing before '%s'", whole,
				    text);
		text++;
	}
}

unsigned int group_size(const struct event_list *list, unsigned int n)
{
	unsigned int size;

	for (size = 1; n + size < list->nr && list->events[n + size].leader == n; size++)
		continue;
	return list->events[n].leader == n ? size : 1;
}

void put_events(struct text *out, const struct event_list *list)
{
	unsigned int n, size, left = 0;

	for (n = 0; n < list->nr; n++) {
		size = group_size(list, n);
		text_print(out, "%s%s%s", n ? "," : "", size > 1 ? "{" : "", list->events[n].text);
		left = size > 1 ? size : left;
		if (left && --left == 0)
			text_print(out, "}");
	}
}

bool is_off_cpu(const struct event *event)
{
	return event->type == PERF_TYPE_SOFTWARE && event->config == PERF_COUNT_SW_BPF_OUTPUT;
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
	printf("  %-46s %s\n", "cpu/event=N,umask=N,edge,inv,cmask=N/", "the same by its parts");
	printf("\nThe same by the processor's own names (of libpfm4):\n");
	list_pfm_events();
	printf("\nEvents it cannot count:\n");
	for (n = 0; n < nr_event_names; n++)
		if (event_names[n].reason)
			print_name(&event_names[n]);
	printf(
	    "\nModifiers: NAME:u counts in user mode only, NAME:k in the kernel only.\n"
	    "Groups: {NAME,NAME} are counted at the same time, or none of them, when there are "
	    "more events\nthan counters.\n"
	    "Terms of perfrec record: NAME/period=N/ takes a sample every N events, "
	    "NAME/freq=HZ/u so many a\nsecond; each event may have its own.\n"
	    "\n--accel kvm counts with the host's own PMU, where its KVM has one: generic events "
	    "as "
	    "far as the\nprocessor has them, its own names from libpfm4, raw encodings of its "
	    "manual. "
	    "That path was\nnever run on hardware; perfrec says in one line if the host cannot do "
	    "it.\n");
	if (fflush(stdout))
		return fail(EXIT_OUTPUT, "cannot write the list: %s", strerror(errno));
	return EXIT_GOOD;
}
