/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Side-band records: what a reader needs to know besides samples.
 *
 * COMM names tasks and threads, FORK and EXIT tell their births and deaths,
 * MMAP2 what their address spaces hold.  An event gets those of its targets
 * if its attributes ask for them, from open on, enabled or not, so that a
 * recorder can name everything before it arms the event.
 *
 * A record that finds no room is told as lost by a LOST record of id 0, so
 * that it is not mistaken for a sample.
 */
#ifndef _KERN_SAMPLING_SIDEBAND_H_
#define _KERN_SAMPLING_SIDEBAND_H_

#include <kern/sampling/event.h>

/* Tell a new event's recorder of the names and maps its targets have
   already.  Task context, no lock held. */
void perf_sideband_introduce (struct perf_event *event);

/* perf_lock held, for all of these. */
void perf_sideband_comm (struct perf_task *task, struct perf_thread *thread,
			 const char *name);
void perf_sideband_fork_task (struct perf_task *parent,
			      struct perf_task *child);
void perf_sideband_fork_thread (struct perf_thread *thread);
void perf_sideband_exit (struct perf_task *task, struct perf_thread *thread);
void perf_sideband_map (struct perf_task *task, const struct perf_map *map);

/* The same for one event, that is known to want it. */
void perf_sideband_write_comm (struct perf_event *event, uint32_t pid,
			       uint32_t tid, const char *name);
void perf_sideband_write_map (struct perf_event *event,
			      const struct perf_task *task,
			      const struct perf_map *map);
void perf_sideband_write_anonymous (struct perf_event *event,
				    const struct perf_task *task,
				    uint64_t address, uint64_t size,
				    uint32_t prot);

/* Write the LOST record of the side-band records that buffer lost on this
   CPU.  FALSE: no room for it.  perf_lock held. */
boolean_t perf_sideband_tell_lost (struct perf_buffer *buffer);

/* A range became executable that no perf_task_map () has named.  perf_lock
   held. */
void perf_sideband_anonymous (struct perf_task *task, uint64_t address,
			      uint64_t size, uint32_t prot);

/* Remember what stands in task's address space and tell it.
   KERN_INVALID_ARGUMENT: no such task; KERN_RESOURCE_SHORTAGE: no memory, or
   too many maps. */
kern_return_t perf_sideband_task_map (struct task *task,
				      const struct perf_map *map);

/* Write a SWITCH or SWITCH_CPU_WIDE record of the thread who; other is the
   one on the other side of the switch.  perf_lock held. */
void perf_sideband_write_switch (struct perf_event *event, uint32_t type,
				 uint32_t misc, uint64_t who, uint64_t other,
				 uint64_t now);

#endif /* _KERN_SAMPLING_SIDEBAND_H_ */
