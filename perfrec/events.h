/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: their names, encodings and modifiers. */
#ifndef PERFREC_EVENTS_H
#define PERFREC_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/perf_event.h>

#include "text.h"

#define MAX_EVENTS     32
#define MAX_EVENT_NAME 96
#define MAX_EVENT_TEXT 256     /* of an event with its terms */
#define MAX_FREQUENCY  1000000 /* samples per second */

/* An event as asked for. */
struct event {
	char name[MAX_EVENT_NAME]; /* with modifiers, without period and freq */
	char text[MAX_EVENT_TEXT]; /* as -e takes it */
	uint32_t type;		   /* PERF_TYPE_* */
	uint64_t config;
	uint64_t period;    /* events per sample; 0: no period of its own */
	uint64_t frequency; /* samples per second; 0: no frequency of its own */
	bool exclude_user;
	bool exclude_kernel;
	unsigned int leader; /* of its group, by its place in the list; alone: its own */
};

struct event_list {
	struct event events[MAX_EVENTS];
	unsigned int nr;
	bool of_host; /* vendor's names are those of the host's processor */
};

/* An event perfrec has a name for. */
struct event_name {
	const char *name;
	const char *alias; /* another name of it; NULL: none */
	uint32_t type;
	uint64_t config;
	const char *description;
	const char *reason; /* why the emulated PMU cannot count it; NULL: it can */
};

/* All of them, in the order of perfrec list. */
extern const struct event_name event_names[];
extern const size_t nr_event_names;

/* Append the events of a comma-separated list
   ("cycles:u,cache-misses/period=997/,r412e/freq=100/k"); those in braces are
   a group, on the PMU together or not at all ("{cycles,instructions}:u").
   Prints what is wrong; an exit code. */
int parse_events(struct event_list *list, const char *text);

/* Read what stands between the slashes of an event; it is taken apart.
   encoding: it is "cpu", whose terms make up the encoding.  Prints what is
   wrong; an exit code. */
int parse_terms(struct event *event, char *terms, bool encoding, const char *written);

/* Append the events as -e takes them, groups in braces. */
void put_events(struct text *out, const struct event_list *list);

/* Whether it is offcpu-time, whose samples are times blocked. */
bool is_off_cpu(const struct event *event);

/* How many events are in the group that event number n leads; 1: none. */
unsigned int group_size(const struct event_list *list, unsigned int n);

/* Refuse an unknown event and offer the nearest names; the exit code. */
int unknown_event(const char *written);

/* Why the emulated PMU cannot count the event; NULL: not known. */
const char *unsupported_reason(const struct event *event);

/* The raw encodings that the emulated PMU counts. */
extern const uint64_t modelled_encodings[];
extern const size_t nr_modelled_encodings;

/* Whether the emulated PMU counts a raw encoding (umask << 8 | event). */
bool is_modelled(uint64_t encoding);

/* Check that the machine of info can count the raw encodings of the list: one
   that the emulated PMU does not know would count nothing.  Prints what is
   wrong; an exit code. */
int check_modelled(const struct event_list *list, const struct perf_info_data *info);

/* Print all events, those that the emulated PMU supports first; an exit code. */
int list_events(void);

#endif /* PERFREC_EVENTS_H */
