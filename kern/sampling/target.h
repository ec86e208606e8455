/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sampling core knows of tasks and threads.
 *
 * Mach has no small numbers for tasks and threads, and its structures have
 * no room for ours.  So every task and thread gets a record here at birth,
 * found by the address of the kernel's structure: the numbers that stand in
 * samples, the events attached to it, the names of its maps.  Records die
 * with what they describe, at the final free; they hold no reference on it.
 *
 * Numbers come from one sequence in order of birth; kernel_task is 1, and
 * the first thread of a task has the task's number.
 */
#ifndef _KERN_SAMPLING_TARGET_H_
#define _KERN_SAMPLING_TARGET_H_

#include <kern/sampling/env.h>

#define PERF_ID_UNKNOWN	((uint32_t) -1)	/* no memory for a record */

struct perf_event;
struct perf_share;

/* An event attached to a task or a thread.  perf_lock. */
struct perf_link
{
  struct perf_link *next;	/* of the same target */
  struct perf_link *event_next;	/* of the same event */
  struct perf_event *event;
  struct perf_task *task;	/* the one, or */
  struct perf_thread *thread;	/* the other */
};

/* A named range of a task's address space.  perf_lock. */
struct perf_map
{
  struct perf_map *next;
  uint64_t address;
  uint64_t size;
  uint64_t pgoff;
  uint32_t prot;
  uint8_t build_id_size;
  uint8_t build_id[20];
  uint8_t name_size;		/* without NUL */
  char name[128];
};

/* perf_lock, but pid and ppid, which never change. */
struct perf_task
{
  struct perf_task *hash_next;
  struct perf_task *all_next;	/* in order of birth */
  struct task *task;		/* NULL once freed */
  struct perf_link *links;
  struct perf_thread *threads;	/* living, newest first */
  struct perf_map *maps;	/* newest first */
  unsigned int nr_maps;
  boolean_t had_thread;
  uint32_t pid;
  uint32_t ppid;
};

/* Kernel frames kept of a thread that blocks. */
#define PERF_BLOCKED_FRAMES	24

/* perf_lock, but tid and task, which never change. */
struct perf_thread
{
  struct perf_thread *hash_next;
  struct perf_thread *task_next;	/* of the same task */
  struct thread *thread;
  struct perf_task *task;
  struct perf_link *links;
  struct perf_share *shares;	/* of events on the task */
  uint32_t tid;
  unsigned int blocked_frames;
  uint64_t blocked_at;		/* ns; 0: it is not, or nobody asked */
  uint64_t blocked_chain[PERF_BLOCKED_FRAMES];
};

/* Maps remembered for one task; more only travel as records. */
#define PERF_TASK_MAPS_MAX	1024

extern struct perf_task *perf_tasks;	/* all, oldest first; perf_lock */

/* Record the tasks and threads that exist already.  Boot CPU, once. */
void perf_target_init (void);

/* A task or thread was born or is about to be freed.  Task context, no lock
   held.  Births answer NULL when there is no memory. */
struct perf_task *perf_task_born (struct task *task, struct task *parent);
struct perf_thread *perf_thread_born (struct thread *thread,
				      struct task *task);
void perf_task_died (struct task *task);
void perf_thread_died (struct thread *thread);

/* Find a record, or NULL.  perf_lock held. */
struct perf_task *perf_task_find (struct task *task);
struct perf_thread *perf_thread_find (struct thread *thread);

/* The task whose address space this is, or NULL.  perf_lock held. */
struct perf_task *perf_task_of_map (struct vm_map *map);

/* Remember that map stands in task's address space; what it covers is
   forgotten.  Takes the structure over.  perf_lock held; what is to be freed
   afterwards, without the lock, is put on *garbage.  FALSE: too many. */
boolean_t perf_task_add_map (struct perf_task *task, struct perf_map *map,
			     struct perf_map **garbage);
void perf_map_free_list (struct perf_map *maps);

#endif /* _KERN_SAMPLING_TARGET_H_ */
