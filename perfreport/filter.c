/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

static bool passes(const struct profile *profile, const struct event *event,
		   const struct cell *cell, const struct filter *filter, const regex_t *symbol)
{
	const struct owner *owner = &profile->tasks.owners[cell->owner];
	const struct frame *frame = &profile->frames.list[event->tree.nodes[cell->node].frame];
	char tid[16];

	snprintf(tid, sizeof tid, "%d", (int)owner->tid);
	return (filter->task == NULL ||
		strcmp(filter->task, names_text(profile->names, owner->comm)) == 0) &&
	       (filter->thread == NULL || strcmp(filter->thread, tid) == 0) &&
	       (filter->dso == NULL ||
		strcmp(filter->dso, names_text(profile->names, frame->dso)) == 0) &&
	       (symbol == NULL ||
		regexec(symbol, names_text(profile->names, frame->symbol), 0, NULL, 0) == 0);
}

/* Cells keep their index, as moments name it; those left out are empty. */
static void apply(const struct profile *profile, struct event *event, const struct filter *filter,
		  const regex_t *symbol)
{
	struct moments *moments = &event->moments;
	size_t kept = 0;

	for (size_t i = 0; i < event->cells.nr; i++) {
		struct cell *cell = &event->cells.list[i];

		if (passes(profile, event, cell, filter, symbol))
			continue;
		event->filtered += cell->self.samples;
		event->total.samples -= cell->self.samples;
		event->total.weight -= cell->self.weight;
		cell->self = (struct amount){0};
	}
	for (size_t i = 0; i < moments->nr; i++)
		if (event->cells.list[moments->list[i].cell].self.samples)
			moments->list[kept++] = moments->list[i];
	moments->nr = kept;
	/* Nothing names cells by index but moments. */
	if (moments->nr)
		return;
	for (size_t i = 0; i < event->cells.nr; i++)
		if (event->cells.list[i].self.samples)
			event->cells.list[kept++] = event->cells.list[i];
	event->cells.nr = kept;
}

bool filter_apply(struct profile *profile, const struct filter *filter, struct failure *failure)
{
	regex_t symbol;

	if (filter->task == NULL && filter->thread == NULL && filter->dso == NULL &&
	    filter->symbol == NULL)
		return true;
	if (filter->symbol != NULL && regcomp(&symbol, filter->symbol, REG_EXTENDED | REG_NOSUB)) {
		failure_set(failure, EXIT_USAGE, "--symbol: \"%s\" is no regular expression",
			    filter->symbol);
		return false;
	}
	for (size_t i = 0; i < profile->nr_events; i++)
		apply(profile, &profile->events[i], filter, filter->symbol ? &symbol : NULL);
	if (filter->symbol != NULL)
		regfree(&symbol);
	return true;
}
