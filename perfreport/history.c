/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "history.h"

void history_free(struct history *history)
{
	free(history->lives);
	free(history->changes);
	memset(history, 0, sizeof *history);
}

void history_life(struct history *history, const struct life *life)
{
	history->lives = must_grow(history->lives, &history->lives_capacity, history->nr_lives + 1,
				   sizeof *history->lives);
	history->lives[history->nr_lives++] = *life;
}

void history_maps(struct history *history, const struct maps_change *change)
{
	history->changes = must_grow(history->changes, &history->changes_capacity,
				     history->nr_changes + 1, sizeof *history->changes);
	history->changes[history->nr_changes++] = *change;
}

static int compare_when(const struct order_entry *a, const struct order_entry *b)
{
	return order_before(a, b) ? -1 : order_before(b, a);
}

/* Of one moment the one noted later, which has the higher owner, comes last. */
static int compare_lives(const void *left, const void *right)
{
	const struct life *a = left, *b = right;

	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	if (compare_when(&a->since, &b->since) != 0)
		return compare_when(&a->since, &b->since);
	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static int compare_changes(const void *left, const void *right)
{
	const struct maps_change *a = left, *b = right;

	if (a->task != b->task)
		return a->task < b->task ? -1 : 1;
	return a->epoch < b->epoch ? -1 : a->epoch > b->epoch;
}

void history_sort(struct history *history)
{
	if (history->nr_lives)
		qsort(history->lives, history->nr_lives, sizeof *history->lives, compare_lives);
	if (history->nr_changes)
		qsort(history->changes, history->nr_changes, sizeof *history->changes,
		      compare_changes);
}

/* Let the stay be no longer than from begin to end (NULL: no limit). */
static void narrow(struct stay *stay, const struct order_entry *begin,
		   const struct order_entry *end)
{
	if (begin != NULL && order_before(&stay->begin, begin))
		stay->begin = *begin;
	if (end != NULL && order_before(end, &stay->end))
		stay->end = *end;
}

/* The life of a number at a time, or NULL. */
static const struct life *find_life(const struct history *history, uint32_t tid,
				    const struct order_entry *at, struct stay *stay)
{
	const struct life *lives = history->lives, *life = NULL, *next = NULL;
	size_t low = 0, high = history->nr_lives;

	/* The first that is of a higher number or later. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lives[middle].tid < tid ||
		    (lives[middle].tid == tid && !order_before(at, &lives[middle].since)))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < history->nr_lives && lives[low].tid == tid)
		next = &lives[low];
	if (low > 0 && lives[low - 1].tid == tid)
		life = &lives[low - 1];
	narrow(stay, life ? &life->since : NULL, next ? &next->since : NULL);
	return life;
}

/* The epoch of a task's maps. */
static uint32_t find_epoch(const struct history *history, uint32_t task,
			   const struct order_entry *at, struct stay *stay)
{
	const struct maps_change *changes = history->changes, *change = NULL, *next = NULL;
	size_t low = 0, high = history->nr_changes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (changes[middle].task < task ||
		    (changes[middle].task == task && !order_before(at, &changes[middle].since)))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < history->nr_changes && changes[low].task == task)
		next = &changes[low];
	if (low > 0 && changes[low - 1].task == task)
		change = &changes[low - 1];
	narrow(stay, change ? &change->since : NULL, next ? &next->since : NULL);
	return change ? change->epoch : 0;
}

struct stay history_find(const struct history *history, uint32_t pid, uint32_t tid,
			 struct order_entry at)
{
	struct stay stay = {
	    .end = {UINT64_MAX, UINT64_MAX}, .owner = OWNER_UNKNOWN, .task = TASK_NONE};
	const struct life *life = find_life(history, tid, &at, &stay);

	if (life != NULL && life->pid == pid) {
		stay.owner = life->owner;
		stay.task = life->task;
	} else if (pid != tid) {
		/* A thread no record tells of has the maps of its task. */
		life = find_life(history, pid, &at, &stay);
		if (life != NULL && life->pid == pid)
			stay.task = life->task;
	}
	if (stay.task != TASK_NONE)
		stay.epoch = find_epoch(history, stay.task, &at, &stay);
	stay.kernel_epoch = find_epoch(history, TASK_KERNEL, &at, &stay);
	return stay;
}
