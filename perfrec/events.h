/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: their names, encodings and modifiers. */
#ifndef PERFREC_EVENTS_H
#define PERFREC_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_EVENTS     32
#define MAX_EVENT_NAME 64
#define MAX_FREQUENCY  1000000 /* samples per second */

/* An event as asked for. */
struct event {
	char name[MAX_EVENT_NAME]; /* with modifiers, without terms */
	uint32_t type;		   /* PERF_TYPE_* */
	uint64_t config;
	uint64_t period;    /* events per sample; 0: no period of its own */
	uint64_t frequency; /* samples per second; 0: no frequency of its own */
	bool exclude_user;
	bool exclude_kernel;
};

struct event_list {
	struct event events[MAX_EVENTS];
	unsigned int nr;
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
   ("cycles:u,cache-misses/period=997/,r412e/freq=100/k").
   Prints what is wrong; an exit code. */
int parse_events(struct event_list *list, const char *text);

/* Why the emulated PMU cannot count the event; NULL: not known. */
const char *unsupported_reason(const struct event *event);

/* Print all events, those that the emulated PMU supports first; an exit code. */
int list_events(void);

#endif /* PERFREC_EVENTS_H */
