/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who a thread was, and which maps its task had, at any time: what lets
 * samples be read in any order, by several threads.
 *
 * Made by applying the sideband records in order of time; the number of
 * records applied so far is called an epoch.
 */
#ifndef PERFREPORT_HISTORY_H
#define PERFREPORT_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "order.h"

#define OWNER_UNKNOWN UINT32_MAX /* no record tells of this thread */
#define TASK_NONE     UINT32_MAX
#define TASK_KERNEL   (UINT32_MAX - 1) /* as a holder of maps */

/* From when on a number was this thread under this name. */
struct life {
	struct order_entry since;
	uint32_t tid, pid;
	uint32_t owner, task; /* of tasks.h */
};

/* From when on a task had the maps of this epoch. */
struct maps_change {
	struct order_entry since;
	uint32_t task, epoch;
};

struct history {
	struct life *lives;
	size_t nr_lives, lives_capacity;
	struct maps_change *changes;
	size_t nr_changes, changes_capacity;
};

/* What held from begin until before end. */
struct stay {
	struct order_entry begin, end;
	uint32_t owner, task;
	uint32_t epoch, kernel_epoch; /* of the task's maps and of the kernel's */
};

void history_free(struct history *history);

/* Notes, in order of time. */
void history_life(struct history *history, const struct life *life);
void history_maps(struct history *history, const struct maps_change *change);

/* No more notes: make it ready for history_find(). */
void history_sort(struct history *history);

/* How it stood with a thread at a time; threads may share the history. */
struct stay history_find(const struct history *history, uint32_t pid, uint32_t tid,
			 struct order_entry at);

#endif /* PERFREPORT_HISTORY_H */
