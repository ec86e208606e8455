/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "load.h"
#include "naming.h"
#include "stacks.h"
#include "unwind.h"

struct naming {
	struct profile *profile;
	const struct perfdata *file;
	struct sideband *sideband;
	struct scan *scan;
	struct resolver resolver;
	struct stacks *stacks;
	struct unwinder *unwinder;
	uint64_t *unwound; /* callers of the dump at hand */
	size_t unwound_capacity;
	bool moments;
	struct chain leaf; /* the frames of the hit at hand */
	uint32_t *cells;   /* by hit; only with moments */
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = *(struct place *const *)left, *b = *(struct place *const *)right;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

/* Threads that no record tells of get owners, in the order of their numbers. */
static void own_unknown(struct naming *naming)
{
	struct hits *hits = &naming->scan->hits;
	struct place **unknown = must_calloc(hits->nr_places, sizeof *unknown);
	size_t nr = 0;

	for (size_t i = 0; i < hits->nr_places; i++)
		if (hits->places[i].owner == OWNER_UNKNOWN)
			unknown[nr++] = &hits->places[i];
	qsort(unknown, nr, sizeof *unknown, compare_places);
	for (size_t i = 0; i < nr; i++) {
		if (i && compare_places(&unknown[i - 1], &unknown[i]) == 0)
			unknown[i]->owner = unknown[i - 1]->owner;
		else
			unknown[i]->owner =
			    tasks_owner(&naming->profile->tasks, unknown[i]->pid, unknown[i]->tid);
	}
	free(unknown);
}

static size_t epoch_of(const struct hits *hits, const struct hit *hit)
{
	const struct place *place = &hits->places[hit->place];

	return place->epoch > place->kernel_epoch ? place->epoch : place->kernel_epoch;
}

/* The numbers of the hits, those of one epoch together, in order. */
static uint32_t *sort_hits(const struct hits *hits, size_t nr_epochs)
{
	size_t *begin = must_calloc(nr_epochs + 2, sizeof *begin);
	uint32_t *sorted = must_calloc(hits->nr, sizeof *sorted);

	for (size_t i = 0; i < hits->nr; i++)
		begin[epoch_of(hits, &hits->list[i]) + 1]++;
	for (size_t i = 1; i <= nr_epochs + 1; i++)
		begin[i] += begin[i - 1];
	for (size_t i = 0; i < hits->nr; i++)
		sorted[begin[epoch_of(hits, &hits->list[i])]++] = i;
	free(begin);
	return sorted;
}

static struct callers callers_of(const struct hits *hits, uint32_t chain)
{
	const struct chain_words *words = &hits->chains[chain];

	return (struct callers){
	    .values = words->nr ? (const perfdata_u64 *)(hits->words + words->first) : NULL,
	    .nr = words->nr,
	    .mode = words->mode,
	    .returned_to = words->returned_to};
}

/* to_the_end: the callers are known to go back to where the thread began. */
static void count_chain(struct event *event, const struct stack *stack, const struct hit *hit,
			bool of_user, bool to_the_end)
{
	bool has_user = stack->has_user || of_user;

	event->chains += hit->amount.samples;
	if (!has_user)
		return;
	event->user_chains += hit->amount.samples;
	if (!to_the_end)
		event->broken += hit->amount.samples;
}

static void add_leaf(struct naming *naming, const struct task *task, enum cpu_mode mode,
		     uint64_t address)
{
	uint32_t frame;

	if (naming->resolver.options.exact) {
		frame = resolve_exact(&naming->resolver, task, mode, address);
		chain_add(&naming->leaf, (struct resolved_frames){.list = &frame, .nr = 1});
	} else {
		chain_add(&naming->leaf,
			  resolve(&naming->resolver, task, mode, address, RESOLVE_RAN));
	}
}

/* Put a hit into its event; the maps are those of its epoch.  to_the_end: its
   callers are known to go back to where the thread began. */
static uint32_t name_hit(struct naming *naming, const struct hit *hit, bool to_the_end)
{
	struct profile *profile = naming->profile;
	const struct hits *hits = &naming->scan->hits;
	const struct place *place = &hits->places[hit->place];
	struct event *event = &profile->events[place->event];
	const struct task *task =
	    place->task == TASK_NONE ? NULL : profile->tasks.tasks[place->task];
	const struct stack_key key = {.event = place->event,
				      .task = place->task,
				      .epoch = place->epoch,
				      .kernel_epoch = place->kernel_epoch,
				      .chain = hit->chain,
				      .comm = profile->tasks.owners[place->owner].comm};
	struct callers callers = callers_of(hits, hit->chain);
	struct chain *leaf = &naming->leaf;
	struct stack stack;
	uint32_t node;

	leaf->nr = 0;
	add_leaf(naming, task, place->mode, hit->ip);
	stack = stacks_get(naming->stacks, &naming->resolver, &key, &callers);
	if (hit->chain != CHAIN_NONE)
		count_chain(event, &stack, hit, place->mode == MODE_USER,
			    to_the_end || stack.to_the_end ||
				(callers.nr == 0 &&
				 chain_begins_thread(profile, leaf->frames[leaf->nr - 1])));
	node = stack.node;
	for (size_t i = leaf->nr; i > 0; i--)
		node = tree_child(&event->tree, node, leaf->frames[i - 1]);
	return cells_add(&event->cells, node, place->owner, place->cpu, &hit->amount);
}

/* Put the frames of a sample's dump behind its callers; true: they go back to
   where the thread began. */
static bool add_unwound(struct naming *naming, const struct place *place,
			const struct perfdata_record *record, struct callers *callers)
{
	struct profile *profile = naming->profile;
	size_t nr, length = callers->nr;
	const uint64_t *frames;
	enum unwind_end end;

	if (place->task == TASK_NONE || !unwind_wanted(record))
		return false;
	frames =
	    unwind(naming->unwinder, &profile->tasks.tasks[place->task]->space, record, &nr, &end);
	profile->events[place->event].unwound[end]++;
	/* Its own address is no caller of itself. */
	if (length == 0 && callers->mode == MODE_USER && nr && *frames == record->sample.ip) {
		frames++;
		nr--;
	}
	naming->unwound = must_grow(naming->unwound, &naming->unwound_capacity, length + 1 + nr,
				    sizeof *naming->unwound);
	if (length)
		memcpy(naming->unwound, callers->values, length * sizeof *naming->unwound);
	naming->unwound[length++] = CHAIN_UNWOUND;
	memcpy(naming->unwound + length, frames, nr * sizeof *frames);
	callers->values = (const perfdata_u64 *)naming->unwound;
	callers->nr = length + nr;
	return end == UNWIND_BEGINNING;
}

/* A sample with a dump of the user's stack. */
static void name_dump(struct naming *naming, const struct scan_dump *dump)
{
	struct hits *hits = &naming->scan->hits;
	const struct place *place = &hits->places[dump->place];
	struct event *event = &naming->profile->events[place->event];
	struct perfdata_record record;
	struct callers callers;
	bool to_the_end;
	struct hit hit;
	uint32_t cell;

	if (!survey_record(naming->sideband->survey, naming->file, dump->at.pos, &record))
		return;
	callers = (struct callers){.values = record.sample.chain,
				   .nr = record.sample.nr_chain,
				   .mode = chain_mode(record.misc)};
	chain_trim(&callers, record.sample.ip);
	to_the_end = add_unwound(naming, place, &record, &callers);
	hit = (struct hit){
	    .ip = record.sample.ip,
	    .place = dump->place,
	    .chain = record.sample.nr_chain || callers.nr ? hits_chain(hits, &callers) : CHAIN_NONE,
	    .amount = {.samples = 1, .weight = record.sample.period}};
	cell = name_hit(naming, &hit, to_the_end);
	if (naming->moments)
		moments_add(&event->moments, dump->at.time, cell, record.sample.period);
}

/* All hits and dumps, in the order of their epochs. */
static void name_all(struct naming *naming)
{
	const struct hits *hits = &naming->scan->hits;
	const struct scan *scan = naming->scan;
	size_t nr_hits = hits->nr, nr_epochs = naming->sideband->survey->sideband.nr;
	uint32_t *sorted = sort_hits(hits, nr_epochs);
	size_t hit = 0, dump = 0;

	while (hit < nr_hits || dump < scan->nr_dumps) {
		size_t of_hit = SIZE_MAX, of_dump = SIZE_MAX;

		if (hit < nr_hits)
			of_hit = epoch_of(hits, &hits->list[sorted[hit]]);
		if (dump < scan->nr_dumps)
			of_dump = sideband_epoch(naming->sideband, &scan->dumps[dump].at);
		sideband_go(naming->sideband, of_hit <= of_dump ? of_hit : of_dump);
		if (of_hit <= of_dump) {
			uint32_t cell = name_hit(naming, &hits->list[sorted[hit]], false);

			if (naming->moments)
				naming->cells[sorted[hit]] = cell;
			hit++;
		} else {
			name_dump(naming, &scan->dumps[dump++]);
		}
	}
	free(sorted);
}

/* The moments of hits go to their events, in order of time. */
static void sort_moments(struct naming *naming)
{
	const struct scan *scan = naming->scan;
	struct order order = {0};

	for (size_t i = 0; i < scan->nr_moments; i++)
		order_add(&order, scan->moments[i].time, i);
	order_sort(&order);
	for (size_t i = 0; i < order.nr; i++) {
		const struct scan_moment *moment = &scan->moments[order.list[i].pos];
		const struct place *place = &scan->hits.places[scan->hits.list[moment->hit].place];

		moments_add(&naming->profile->events[place->event].moments, moment->time,
			    naming->cells[moment->hit], moment->weight);
	}
	order_free(&order);
}

void naming_do(struct profile *profile, const struct perfdata *file, struct sideband *sideband,
	       struct scan *scan, unsigned int what)
{
	struct naming naming = {.profile = profile,
				.file = file,
				.sideband = sideband,
				.scan = scan,
				.moments = what & LOAD_MOMENTS,
				.stacks = stacks_new(),
				.unwinder = unwinder_new(&profile->objects)};

	if (naming.moments)
		naming.cells = must_calloc(scan->hits.nr, sizeof *naming.cells);
	for (size_t i = 0; i < scan->hits.nr_places; i++)
		sideband->load_kernel |= scan->hits.places[i].mode == MODE_KERNEL;
	resolver_init(&naming.resolver, profile,
		      (struct resolve_options){.inlined = what & LOAD_INLINED,
					       .lines = what & LOAD_LINES,
					       .exact = what & LOAD_EXACT});
	own_unknown(&naming);
	name_all(&naming);
	if (naming.moments)
		sort_moments(&naming);
	resolver_free(&naming.resolver);
	stacks_free(naming.stacks);
	unwinder_free(naming.unwinder);
	chain_free(&naming.leaf);
	free(naming.unwound);
	free(naming.cells);
}
