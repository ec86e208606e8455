/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of tasks and threads; target.h tells what for. */

#include <kern/sampling/lock.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/target.h>

#define TARGET_BUCKETS	256	/* a power of two */

struct perf_task *perf_tasks;
volatile int perf_lock_word;

static struct perf_task **last_task = &perf_tasks;	/* perf_lock */
static struct perf_task *task_table[TARGET_BUCKETS];	/* perf_lock */
static struct perf_thread *thread_table[TARGET_BUCKETS]; /* perf_lock */
static uint32_t next_id = 1;				/* perf_lock */

/* Structures come from caches of a few hundred bytes each, so the low bits
   say little and the high ones nothing. */
static inline unsigned int
target_hash (const void *address)
{
  unsigned long bits = (unsigned long) address;

  return ((bits >> 5) ^ (bits >> 13)) & (TARGET_BUCKETS - 1);
}

struct perf_task *
perf_task_find (struct task *task)
{
  struct perf_task *t = task_table[target_hash (task)];

  while (t != NULL && t->task != task)
    t = t->hash_next;
  return t;
}

struct perf_thread *
perf_thread_find (struct thread *thread)
{
  struct perf_thread *t = thread_table[target_hash (thread)];

  while (t != NULL && t->thread != thread)
    t = t->hash_next;
  return t;
}

struct perf_task *
perf_task_of_map (struct vm_map *map)
{
  struct perf_task *t;

  for (t = perf_tasks; t != NULL; t = t->all_next)
    if (t->task != NULL && t->task->map == map)
      return t;
  return NULL;
}

struct perf_task *
perf_task_born (struct task *task, struct task *parent)
{
  struct perf_task *t = perf_alloc (sizeof *t);
  struct perf_task *p;
  unsigned int bucket = target_hash (task);
  unsigned long flags;

  if (t == NULL)
    return NULL;
  flags = perf_lock ();
  p = parent == NULL ? NULL : perf_task_find (parent);
  t->task = task;
  t->pid = next_id++;
  t->ppid = p == NULL ? t->pid : p->pid;
  t->hash_next = task_table[bucket];
  task_table[bucket] = t;
  *last_task = t;
  last_task = &t->all_next;
  perf_unlock (flags);
  return t;
}

struct perf_thread *
perf_thread_born (struct thread *thread, struct task *task)
{
  struct perf_thread *t = perf_alloc (sizeof *t);
  unsigned int bucket = target_hash (thread);
  unsigned long flags;

  if (t == NULL)
    return NULL;
  flags = perf_lock ();
  t->task = perf_task_find (task);
  if (t->task == NULL)
    {
      perf_unlock (flags);
      perf_free (t, sizeof *t);
      return NULL;
    }
  t->thread = thread;
  t->tid = t->task->had_thread ? next_id++ : t->task->pid;
  t->task->had_thread = TRUE;
  t->task_next = t->task->threads;
  t->task->threads = t;
  t->hash_next = thread_table[bucket];
  thread_table[bucket] = t;
  perf_unlock (flags);
  return t;
}

/* Take t out of the list of all tasks.  perf_lock held. */
static void
task_unlist (struct perf_task *t)
{
  struct perf_task **link = &perf_tasks;

  while (*link != t)
    link = &(*link)->all_next;
  *link = t->all_next;
  if (last_task == &t->all_next)
    last_task = link;
}

/* Free t if neither the task nor a thread of it is left. */
static void
task_release (struct perf_task *t)
{
  unsigned long flags = perf_lock ();
  boolean_t gone = t->task == NULL && t->threads == NULL;

  if (gone)
    task_unlist (t);
  perf_unlock (flags);
  if (! gone)
    return;
  perf_map_free_list (t->maps);
  perf_free (t, sizeof *t);
}

void
perf_task_died (struct task *task)
{
  struct perf_task **link, *t;
  unsigned long flags = perf_lock ();

  link = &task_table[target_hash (task)];
  while (*link != NULL && (*link)->task != task)
    link = &(*link)->hash_next;
  t = *link;
  if (t != NULL)
    {
      *link = t->hash_next;
      t->task = NULL;
    }
  perf_unlock (flags);
  if (t != NULL)
    task_release (t);
}

void
perf_thread_died (struct thread *thread)
{
  struct perf_thread **link, *t;
  unsigned long flags = perf_lock ();

  link = &thread_table[target_hash (thread)];
  while (*link != NULL && (*link)->thread != thread)
    link = &(*link)->hash_next;
  t = *link;
  if (t != NULL)
    {
      *link = t->hash_next;
      link = &t->task->threads;
      while (*link != t)
	link = &(*link)->task_next;
      *link = t->task_next;
    }
  perf_unlock (flags);
  if (t != NULL)
    {
      task_release (t->task);
      perf_free (t, sizeof *t);
    }
}

boolean_t
perf_task_add_map (struct perf_task *task, struct perf_map *map,
		   struct perf_map **garbage)
{
  struct perf_map **link = &task->maps, *old;

  while ((old = *link) != NULL)
    if (old->address >= map->address
	&& old->address - map->address < map->size
	&& old->size <= map->size - (old->address - map->address))
      {
	*link = old->next;
	old->next = *garbage;
	*garbage = old;
	task->nr_maps--;
      }
    else
      link = &old->next;

  if (task->nr_maps == PERF_TASK_MAPS_MAX)
    {
      map->next = *garbage;
      *garbage = map;
      return FALSE;
    }
  map->next = task->maps;
  task->maps = map;
  task->nr_maps++;
  return TRUE;
}

void
perf_map_free_list (struct perf_map *maps)
{
  struct perf_map *next;

  for (; maps != NULL; maps = next)
    {
      next = maps->next;
      perf_free (maps, sizeof *maps);
    }
}

void
perf_target_init (void)
{
  struct queue_entry *task_entry, *thread_entry;
  struct task *task;
  struct thread *thread;

  for (task_entry = default_pset.tasks.next;
       task_entry != &default_pset.tasks;
       task_entry = task->pset_tasks.next)
    {
      task = (struct task *) task_entry;
      perf_task_born (task, NULL);
      for (thread_entry = task->thread_list.next;
	   thread_entry != &task->thread_list;
	   thread_entry = thread->thread_list.next)
	{
	  thread = (struct thread *) thread_entry;
	  perf_thread_born (thread, task);
	}
    }
}
