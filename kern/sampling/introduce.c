/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a new event is told of the tasks it is opened on: names of tasks and
 * threads, and the maps that are there already.
 */

#include <kern/sampling/lock.h>
#include <kern/sampling/sideband.h>

/* Names, and the maps that were named by perf_task_map ().  perf_lock
   held. */
static void
introduce_known (struct perf_event *event, struct perf_task *task)
{
  const struct perf_thread *thread;
  const struct perf_map *map;

  if (event->attr.flags & PERF_ATTR_COMM)
    {
      if (task->task != NULL)
	perf_sideband_write_comm (event, task->pid, task->pid,
				  task->task->name);
      for (thread = task->threads; thread != NULL; thread = thread->task_next)
	if (thread->tid != task->pid)
	  perf_sideband_write_comm (event, task->pid, thread->tid,
				    thread->thread->name);
    }
  if (event->attr.flags & PERF_ATTR_MMAP2)
    for (map = task->maps; map != NULL; map = map->next)
      perf_sideband_write_map (event, task, map);
}

/* Executable ranges that have no name.  No lock held; task may die
   meanwhile, map does not. */
static void
introduce_anonymous (struct perf_event *event, struct task *task,
		     struct vm_map *map)
{
  struct vm_map_entry *entry;
  struct perf_task *t;
  unsigned long flags;

  lock_read (&map->lock);
  for (entry = map->hdr.links.next;
       entry != (struct vm_map_entry *) &map->hdr.links;
       entry = entry->links.next)
    {
      if (! (entry->protection & PERF_VM_PROT_EXECUTE) || entry->is_sub_map)
	continue;
      flags = perf_lock ();
      t = perf_task_find (task);
      if (t != NULL)
	perf_sideband_write_anonymous (event, t, entry->links.start,
				       entry->links.end - entry->links.start,
				       entry->protection);
      perf_unlock (flags);
    }
  lock_done (&map->lock);
}

/* Whether event was opened on task or a thread of it.  perf_lock held. */
static boolean_t
is_target (const struct perf_event *event, const struct perf_task *task)
{
  const struct perf_link *link;

  if (event->scope == PERF_SCOPE_CPU)
    return TRUE;
  for (link = event->links; link != NULL; link = link->event_next)
    if (link->task == task
	|| (link->thread != NULL && link->thread->task == task))
      return TRUE;
  return FALSE;
}

/* The target of event born first after number last, or NULL.  perf_lock
   held. */
static struct perf_task *
next_target (const struct perf_event *event, uint32_t last)
{
  struct perf_task *task;

  for (task = perf_tasks; task != NULL; task = task->all_next)
    if (task->pid > last && is_target (event, task))
      return task;
  return NULL;
}

void
perf_sideband_introduce (struct perf_event *event)
{
  struct perf_task *t;
  struct task *task = NULL;
  struct vm_map *map = NULL;
  unsigned long flags;
  uint32_t last = 0;

  if (event->buffer == NULL)
    return;
  do
    {
      map = NULL;
      flags = perf_lock ();
      t = next_target (event, last);
      if (t != NULL)
	{
	  last = t->pid;
	  introduce_known (event, t);
	  task = t->task;
	  if (task != NULL && task != kernel_task
	      && (event->attr.flags & PERF_ATTR_MMAP2))
	    {
	      map = task->map;
	      vm_map_reference (map);
	    }
	}
      perf_unlock (flags);
      if (map != NULL)
	{
	  introduce_anonymous (event, task, map);
	  vm_map_deallocate (map);
	}
    }
  while (t != NULL);
}
