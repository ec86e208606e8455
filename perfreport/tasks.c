/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "tasks.h"

void tasks_init(struct tasks *tasks, struct names *names, struct versions *versions,
		struct history *history)
{
	memset(tasks, 0, sizeof *tasks);
	tasks->names = names;
	tasks->versions = versions;
	tasks->nr_slots = 256;
	tasks->slots = must_calloc(tasks->nr_slots, sizeof *tasks->slots);
	tasks->history = history;
	tasks_name(tasks, 0, 0, "swapper"); /* Linux: the idle thread of every CPU */
}

void tasks_free(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->nr_threads; i++)
		free(tasks->threads[i]);
	for (size_t i = 0; i < tasks->nr_tasks; i++) {
		space_free(&tasks->tasks[i]->space);
		free(tasks->tasks[i]);
	}
	free(tasks->threads);
	free(tasks->tasks);
	free(tasks->owners);
	free(tasks->slots);
	memset(tasks, 0, sizeof *tasks);
}

/* The slot of tid: it holds tid or is free (0). */
static uint64_t *slot_of(struct tasks *tasks, uint32_t tid)
{
	size_t mask = tasks->nr_slots - 1, at = hash_number(tid) & mask;

	while (tasks->slots[at] && tasks->slots[at] >> 32 != tid)
		at = (at + 1) & mask;
	return &tasks->slots[at];
}

static void grow_slots(struct tasks *tasks)
{
	uint64_t *old = tasks->slots;
	size_t nr = tasks->nr_slots;

	tasks->nr_slots *= 2;
	tasks->slots = must_calloc(tasks->nr_slots, sizeof *tasks->slots);
	for (size_t i = 0; i < nr; i++)
		if (old[i])
			*slot_of(tasks, old[i] >> 32) = old[i];
	free(old);
}

static struct thread *find(struct tasks *tasks, uint32_t tid)
{
	uint64_t slot = *slot_of(tasks, tid);

	return slot ? tasks->threads[(uint32_t)slot - 1] : NULL;
}

static struct task *new_task(struct tasks *tasks, uint32_t pid)
{
	struct task *task = must_calloc(1, sizeof *task);

	task->pid = pid;
	task->index = tasks->nr_tasks;
	task->space.version = ++tasks->versions->last;
	tasks->tasks = must_grow(tasks->tasks, &tasks->tasks_capacity, tasks->nr_tasks + 1,
				 sizeof *tasks->tasks);
	tasks->tasks[tasks->nr_tasks++] = task;
	return task;
}

static uint32_t new_owner(struct tasks *tasks, uint32_t pid, uint32_t tid, name_t comm)
{
	tasks->owners = must_grow(tasks->owners, &tasks->owners_capacity, tasks->nr_owners + 1,
				  sizeof *tasks->owners);
	tasks->owners[tasks->nr_owners] = (struct owner){.pid = pid, .tid = tid, .comm = comm};
	return tasks->nr_owners++;
}

static void charge_to(struct tasks *tasks, struct thread *thread, name_t comm)
{
	struct life life = {.since = tasks->now, .pid = thread->pid, .tid = thread->tid};

	thread->owner = new_owner(tasks, thread->pid, thread->tid, comm);
	life.owner = thread->owner;
	life.task = thread->task->index;
	if (tasks->history != NULL)
		history_life(tasks->history, &life);
}

/* What a thread without a name is called. */
static name_t number_name(struct tasks *tasks, uint32_t tid)
{
	char comm[16];

	snprintf(comm, sizeof comm, ":%d", (int)tid);
	return names_add(tasks->names, comm);
}

uint32_t tasks_owner(struct tasks *tasks, uint32_t pid, uint32_t tid)
{
	return new_owner(tasks, pid, tid, number_name(tasks, tid));
}

/* A new thread under tid, in place of any that had it before. */
static struct thread *new_thread(struct tasks *tasks, struct task *task, uint32_t tid)
{
	struct thread *thread = must_calloc(1, sizeof *thread);
	uint64_t *slot;

	thread->pid = task->pid;
	thread->tid = tid;
	thread->task = task;
	charge_to(tasks, thread, number_name(tasks, tid));
	tasks->threads = must_grow(tasks->threads, &tasks->threads_capacity, tasks->nr_threads + 1,
				   sizeof *tasks->threads);
	tasks->threads[tasks->nr_threads++] = thread;
	slot = slot_of(tasks, tid);
	tasks->nr_used += *slot == 0;
	*slot = (uint64_t)tid << 32 | tasks->nr_threads;
	if (tasks->nr_used * 2 > tasks->nr_slots)
		grow_slots(tasks);
	return thread;
}

struct thread *tasks_thread(struct tasks *tasks, uint32_t pid, uint32_t tid)
{
	struct thread *thread = find(tasks, tid), *leader;

	if (thread != NULL && thread->pid == pid)
		return thread;
	if (tid == pid)
		return new_thread(tasks, new_task(tasks, pid), tid);
	leader = tasks_thread(tasks, pid, pid);
	return new_thread(tasks, leader->task, tid);
}

void tasks_name(struct tasks *tasks, uint32_t pid, uint32_t tid, const char *comm)
{
	struct thread *thread = tasks_thread(tasks, pid, tid);
	name_t name = names_add(tasks->names, comm);

	thread->named = true;
	if (tasks->owners[thread->owner].comm != name)
		charge_to(tasks, thread, name);
}

struct task *tasks_fork(struct tasks *tasks, uint32_t pid, uint32_t tid, uint32_t ppid,
			uint32_t ptid, bool inherit_maps)
{
	struct thread *parent = tasks_thread(tasks, ppid, ptid);
	struct task *copy = NULL;

	if (pid == ppid) {
		if (tid == ptid)
			return NULL;
		new_thread(tasks, parent->task, tid);
	} else {
		struct task *task =
		    tid == pid ? new_task(tasks, pid) : tasks_thread(tasks, pid, pid)->task;

		new_thread(tasks, task, tid);
		if (inherit_maps && tid == pid) {
			space_copy(&task->space, tasks->versions, &parent->task->space);
			copy = task;
		}
	}
	if (parent->named)
		tasks_name(tasks, pid, tid,
			   names_text(tasks->names, tasks->owners[parent->owner].comm));
	return copy;
}
