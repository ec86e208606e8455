/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Side-band records; sideband.h. */

#include <kern/sampling/attr.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/memory.h>
#include <kern/sampling/record.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/sideband.h>

#define NAME_MAX	32	/* of tasks and threads, with NUL */
#define ANON_NAME	"//anon"

/* mmap(2) flags in MMAP2 records, as Linux has them. */
#define MAP_PRIVATE	2
#define MAP_ANONYMOUS	0x20

/* The largest: MMAP2 with a full name. */
#define SIDEBAND_WORDS							\
  ((sizeof (struct perf_record_mmap2) + 128) / 8 + PERF_SAMPLE_ID_WORDS)

/* Complete a record of nr words with event's sample_id and write it; words
   has room for that. */
static void
sideband_write_of (struct perf_event *event, uint64_t *words, unsigned int nr,
		   uint32_t type, uint32_t misc, uint64_t who, uint64_t now)
{
  uint64_t *end;

  end = perf_put_sample_id (words + nr, event, who, now);
  words[0] = perf_header (type, misc, end - words);
  if (! perf_buffer_write (event->buffer, words,
			   (end - words) * sizeof words[0], TRUE))
    event->buffer->sideband_lost++;
}

/* The same, of the thread that runs. */
static void
sideband_write (struct perf_event *event, uint64_t *words, unsigned int nr,
		uint32_t type, uint32_t misc)
{
  sideband_write_of (event, words, nr, type, misc, perf_sched_who (),
		     pmu_clock_ns ());
}

void
perf_sideband_write_switch (struct perf_event *event, uint32_t type,
			    uint32_t misc, uint64_t who, uint64_t other,
			    uint64_t now)
{
  uint64_t words[2 + PERF_SAMPLE_ID_WORDS];
  unsigned int nr = 1;

  if (type == PERF_RECORD_SWITCH_CPU_WIDE)
    words[nr++] = other;
  sideband_write_of (event, words, nr, type, misc, who, now);
}

/* Copy a name and pad it with zeros, at least one, to whole words; answer
   how many words. */
static unsigned int
put_name (uint64_t *at, const char *name, unsigned int length)
{
  unsigned int nr = length / 8 + 1;

  at[nr - 1] = 0;
  memcpy (at, name, length);
  return nr;
}

static unsigned int
name_length (const char *name)
{
  unsigned int length = 0;

  while (length < NAME_MAX - 1 && name[length] != '\0')
    length++;
  return length;
}

/* Whether event is to hear of this thread, or of anything in this task. */
static boolean_t
sideband_wants (const struct perf_event *event, uint64_t flag,
		const struct perf_task *task, const struct perf_thread *thread)
{
  const struct perf_link *link;

  if (event->buffer == NULL || (event->attr.flags & flag) == 0)
    return FALSE;
  if (event->scope == PERF_SCOPE_CPU)
    return event->cpu < 0 || event->cpu == cpu_this ();
  for (link = event->links; link != NULL; link = link->event_next)
    if (link->task == task
	|| (link->thread != NULL
	    && (thread == NULL ? link->thread->task == task
			       : link->thread == thread)))
      return TRUE;
  return FALSE;
}

void
perf_sideband_write_comm (struct perf_event *event, uint32_t pid,
			  uint32_t tid, const char *name)
{
  uint64_t words[SIDEBAND_WORDS];
  unsigned int nr = sizeof (struct perf_record_comm) / 8;

  words[1] = perf_pair (pid, tid);
  nr += put_name (words + nr, name, name_length (name));
  sideband_write (event, words, nr, PERF_RECORD_COMM, 0);
}

void
perf_sideband_comm (struct perf_task *task, struct perf_thread *thread,
		    const char *name)
{
  struct perf_event *event;

  for (event = perf_events; event != NULL; event = event->all_next)
    if (sideband_wants (event, PERF_ATTR_COMM, task, thread))
      perf_sideband_write_comm (event, task->pid,
				thread == NULL ? task->pid : thread->tid,
				name);
}

static void
write_life (struct perf_event *event, uint32_t type,
	    const struct perf_who *who, const struct perf_who *parent)
{
  uint64_t words[SIDEBAND_WORDS];

  words[1] = perf_pair (who->pid, parent->pid);
  words[2] = perf_pair (who->tid, parent->tid);
  words[3] = pmu_clock_ns ();
  sideband_write (event, words, sizeof (struct perf_record_task) / 8, type, 0);
}

void
perf_sideband_fork_task (struct perf_task *parent, struct perf_task *child)
{
  struct perf_who who = { child->pid, child->pid };
  struct perf_who from = { child->ppid, child->ppid };
  struct perf_event *event;

  for (event = perf_events; event != NULL; event = event->all_next)
    if (sideband_wants (event, PERF_ATTR_TASK, parent, NULL))
      write_life (event, PERF_RECORD_FORK, &who, &from);
}

void
perf_sideband_fork_thread (struct perf_thread *thread)
{
  struct perf_task *task = thread->task;
  struct perf_who who = { task->pid, thread->tid };
  struct perf_who from = { task->pid, task->pid };
  struct perf_event *event;

  if (thread->tid == task->pid)
    return;			/* told as the birth of the task */
  for (event = perf_events; event != NULL; event = event->all_next)
    if (sideband_wants (event, PERF_ATTR_TASK, task, NULL))
      write_life (event, PERF_RECORD_FORK, &who, &from);
}

void
perf_sideband_exit (struct perf_task *task, struct perf_thread *thread)
{
  struct perf_who who = { task->pid, task->pid };
  struct perf_who from = { task->ppid, task->ppid };
  struct perf_event *event;

  if (thread != NULL && thread->tid != task->pid)
    {
      who.tid = thread->tid;
      from = (struct perf_who) { task->pid, task->pid };
    }
  for (event = perf_events; event != NULL; event = event->all_next)
    if (sideband_wants (event, PERF_ATTR_TASK, task, thread))
      write_life (event, PERF_RECORD_EXIT, &who, &from);
}

void
perf_sideband_write_map (struct perf_event *event,
			 const struct perf_task *task,
			 const struct perf_map *map)
{
  uint64_t words[SIDEBAND_WORDS];
  struct perf_record_mmap2 *record = (struct perf_record_mmap2 *) words;
  unsigned int nr = sizeof *record / 8;
  uint32_t misc = PERF_RECORD_MISC_USER;

  memset (record, 0, sizeof *record);
  record->pid = task->pid;
  record->tid = task->pid;
  record->addr = map->address;
  record->len = map->size;
  record->pgoff = map->pgoff;
  record->prot = map->prot;
  record->flags = MAP_PRIVATE;
  if (map->build_id_size != 0)
    {
      misc |= PERF_RECORD_MISC_MMAP_BUILD_ID;
      record->build_id_size = map->build_id_size;
      memcpy (record->build_id, map->build_id, sizeof record->build_id);
    }
  nr += put_name (words + nr, map->name, map->name_size);
  sideband_write (event, words, nr, PERF_RECORD_MMAP2, misc);
}

void
perf_sideband_map (struct perf_task *task, const struct perf_map *map)
{
  struct perf_event *event;

  for (event = perf_events; event != NULL; event = event->all_next)
    if (sideband_wants (event, PERF_ATTR_MMAP2, task, NULL))
      perf_sideband_write_map (event, task, map);
}

/* Whether a named map begins at or before address and reaches over it. */
static boolean_t
map_is_named (const struct perf_task *task, uint64_t address)
{
  const struct perf_map *map;

  for (map = task->maps; map != NULL; map = map->next)
    if (address - map->address < map->size)
      return TRUE;
  return FALSE;
}

static void
make_anonymous (struct perf_map *map, uint64_t address, uint64_t size,
		uint32_t prot)
{
  memset (map, 0, sizeof *map);
  map->address = address;
  map->size = size;
  map->prot = prot;
  map->name_size = sizeof ANON_NAME - 1;
  memcpy (map->name, ANON_NAME, sizeof ANON_NAME);
}

void
perf_sideband_anonymous (struct perf_task *task, uint64_t address,
			 uint64_t size, uint32_t prot)
{
  struct perf_map map;

  if (map_is_named (task, address))
    return;
  make_anonymous (&map, address, size, prot);
  perf_sideband_map (task, &map);
}

void
perf_sideband_write_anonymous (struct perf_event *event,
			       const struct perf_task *task,
			       uint64_t address, uint64_t size, uint32_t prot)
{
  struct perf_map map;

  if (map_is_named (task, address))
    return;
  make_anonymous (&map, address, size, prot);
  perf_sideband_write_map (event, task, &map);
}

boolean_t
perf_sideband_tell_lost (struct perf_buffer *buffer)
{
  const struct perf_event *event;
  uint64_t words[3 + PERF_SAMPLE_ID_WORDS], *end;

  if (buffer->sideband_lost == 0)
    return TRUE;
  /* Any event's attributes do: they decide what a sample_id holds. */
  for (event = buffer->events; event != NULL; event = event->buffer_next)
    if (event->attr.flags & PERF_ATTR_SIDEBAND)
      break;
  if (event == NULL)
    return TRUE;
  if (perf_ring_room (&buffer->ring[cpu_this ()], TRUE) < sizeof words)
    return FALSE;
  words[1] = 0;
  words[2] = buffer->sideband_lost;
  end = perf_put_sample_id (words + 3, event, perf_sched_who (),
			    pmu_clock_ns ());
  words[0] = perf_header (PERF_RECORD_LOST, 0, end - words);
  if (! perf_buffer_write (buffer, words, (end - words) * sizeof words[0],
			   TRUE))
    return FALSE;
  buffer->sideband_lost = 0;
  return TRUE;
}

kern_return_t
perf_sideband_task_map (struct task *task, const struct perf_map *map)
{
  struct perf_map *copy = perf_alloc (sizeof *copy), *garbage = NULL;
  struct perf_task *t;
  kern_return_t kr = KERN_INVALID_ARGUMENT;
  unsigned long flags;

  if (copy == NULL)
    return KERN_RESOURCE_SHORTAGE;
  *copy = *map;
  flags = perf_lock ();
  t = perf_task_find (task);
  if (t == NULL)
    garbage = copy;
  else
    {
      perf_sideband_map (t, map);
      kr = perf_task_add_map (t, copy, &garbage) ? KERN_SUCCESS
						 : KERN_RESOURCE_SHORTAGE;
    }
  perf_unlock (flags);
  perf_map_free_list (garbage);
  return kr;
}
