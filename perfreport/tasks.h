/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks and threads as the sideband records tell of them.
 *
 * In words of Linux a task is a process and pid its number, a thread is a
 * thread and tid its number.  A task's first thread has its number.
 */
#ifndef PERFREPORT_TASKS_H
#define PERFREPORT_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "names.h"
#include "space.h"

/* Whom samples are charged to: a thread under one of its names. */
struct owner {
	uint32_t pid, tid;
	name_t comm;
};

struct task {
	uint32_t pid;
	uint32_t index; /* in tasks.tasks */
	struct space space;
};

struct thread {
	uint32_t pid, tid;
	bool named; /* else comm is made of the number */
	uint32_t owner;
	struct task *task;
};

struct tasks {
	struct names *names; /* not ours */
	struct versions *versions;
	struct thread **threads; /* all there ever were */
	size_t nr_threads, threads_capacity;
	struct task **tasks;
	size_t nr_tasks, tasks_capacity;
	struct owner *owners;
	size_t nr_owners, owners_capacity;
	uint64_t *slots; /* tid -> thread that has it now: tid << 32 | index + 1 */
	size_t nr_slots;
	size_t nr_used;
	struct history *history; /* is told of every change of a thread, if set; not ours */
	struct order_entry now;	 /* the time of what is applied */
};

/* history: NULL, or what is told of every change of a thread. */
void tasks_init(struct tasks *tasks, struct names *names, struct versions *versions,
		struct history *history);
void tasks_free(struct tasks *tasks);

/* The thread, made with its task if new. */
struct thread *tasks_thread(struct tasks *tasks, uint32_t pid, uint32_t tid);

/* A COMM record. */
void tasks_name(struct tasks *tasks, uint32_t pid, uint32_t tid, const char *comm);

/* A FORK record: a thread is born, of a new task when pid is not ppid; it
   inherits the name, a task the maps too if inherit_maps.  Returns the task
   whose maps are now a copy of its parent's, or NULL. */
struct task *tasks_fork(struct tasks *tasks, uint32_t pid, uint32_t tid, uint32_t ppid,
			uint32_t ptid, bool inherit_maps);

/* A new owner that no thread has: for samples of threads no record tells of. */
uint32_t tasks_owner(struct tasks *tasks, uint32_t pid, uint32_t tid);

#endif /* PERFREPORT_TASKS_H */
