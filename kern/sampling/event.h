/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events: what is counted, on whom, and where the records go.
 *
 * An event is a kernel object behind a port.  It has one counter per CPU and
 * any number of targets: links to tasks and threads, or a CPU, or all.  A
 * CPU's scheduler of counters (sched.h) starts an event's counter there when
 * a target runs, so that counts are exact per thread without a counter per
 * thread.
 *
 * Events may form groups, led by one of them, that are on a PMU together or
 * not at all.  An event by itself is a group of one.
 *
 * Life: the port holds one reference from open until its last sender is
 * gone; every call on the event holds one.  An event whose targets are all
 * dead stays readable; its recorder is told by a hangup.
 */
#ifndef _KERN_SAMPLING_EVENT_H_
#define _KERN_SAMPLING_EVENT_H_

#include <kern/sampling/buffer.h>
#include <kern/sampling/env.h>
#include <kern/sampling/target.h>

/* A counter held by the throttle, as it was then; throttle.h. */
struct perf_throttle
{
  uint64_t period;		/* 0: it is not held */
  uint64_t left;
  uint64_t count;
  uint64_t ticked_at;		/* of its CPU, by then */
};

/* What a counter had when the thread that runs began to; share.h. */
struct perf_shared
{
  uint64_t value, time_enabled, time_running;
};

/*
 * One event on one CPU.
 *
 * Owner: the CPU, with interrupts off and its PMU quiet, or its overflow
 * NMI, while the counter is active; perf_lock while it is not.
 */
struct perf_counter
{
  struct pmu_event pmu;
  struct perf_event *event;
  /* Of a group's leader: its place in the CPU's queue, see sched.h. */
  struct perf_counter *active_next;
  uint64_t turn;		/* order in the queue; 0: it had none yet */
  uint64_t turn_end;		/* time_running when its turn is over */
  boolean_t active;		/* a target runs here and the event is on */
  boolean_t counting;		/* and its group is on the PMU */
  uint64_t stamp;		/* ns: times are accounted up to here */
  uint64_t time_enabled;	/* ns active */
  uint64_t time_running;	/* ns counting */
  uint64_t samples;
  uint64_t lost;
  uint64_t lost_untold;		/* of lost: in no LOST record yet */
  uint64_t throttled;		/* overflows dropped, and held */
  uint64_t held;		/* periods that ended without an overflow */
  struct perf_throttle throttle;
  uint64_t coalesced;		/* overflows within a period: see sample.h */
  struct perf_shared shared;
  uint64_t freq_stamp;		/* ns: the period was last looked at */
  uint64_t freq_count;		/* count then */
};

#define PERF_SCOPE_TARGETS	0	/* tasks and threads */
#define PERF_SCOPE_CPU		1

struct perf_event
{
  int nr_refs;			/* perf_lock */
  struct ipc_port *port;	/* NULL once it lost its senders; perf_lock */
  struct perf_link *links;	/* perf_lock */
  struct perf_event *buffer_next; /* perf_lock */
  struct perf_event *all_next;	/* of all open events; perf_lock */
  struct perf_event *leader;	/* of its group; itself if alone; perf_lock */
  struct perf_event *group_next; /* from the leader on; perf_lock */
  boolean_t enabled;		/* perf_lock */
  boolean_t closed;		/* perf_lock */
  boolean_t held;		/* its group is being changed, and stands
				   still on every CPU; perf_lock */
  struct perf_buffer *buffer;	/* constant from here on; may be NULL */
  uint64_t id;
  int scope;			/* PERF_SCOPE_* */
  int cpu;			/* of PERF_SCOPE_CPU; -1: every CPU */
  boolean_t kernel;		/* may see kernel addresses */
  boolean_t counts;		/* on a PMU */
  boolean_t off_cpu;		/* the time blocked; else it is a dummy */
  unsigned int max_stack;	/* frames */
  unsigned long (*event_ip) (const struct pmu_regs *regs);	/* of pmu_ops;
				   NULL: not known of what it counts */
  unsigned int place_size;	/* bytes a sample needs in one piece at most */
  struct perf_event_attr attr;
  unsigned int nr_counters;
  struct perf_counter counter[];
};

typedef struct perf_event *perf_event_t;

/* Each event of a group, the leader first. */
#define perf_for_each_member(member, leader) \
  for ((member) = (leader); (member) != NULL; (member) = (member)->group_next)

extern struct perf_event *perf_events;	/* all, oldest first; perf_lock */

/* What an event is opened on; exactly one is meant. */
struct perf_target
{
  struct task *task;
  struct thread *thread;
  int cpu;			/* if neither: the CPU, or -1 */
};

/* Open an event and make its first send right.  kernel: the caller showed
   the privileged host port.  Errors as perf.defs says. */
kern_return_t perf_event_open (const struct perf_target *target,
			       const struct perf_event_attr *attr,
			       boolean_t kernel, struct perf_buffer *buffer,
			       struct ipc_port **portp, uint64_t *idp);

/* Let event count from now on; nothing if it does already. */
void perf_event_enable (struct perf_event *event);

/* Stop event, tell what it has of each thread if it has that, and write the
   LOST records it owes if there is room. */
void perf_event_disable (struct perf_event *event);

/* Set event's count to zero; the way to the next sample stays. */
void perf_event_reset (struct perf_event *event);

/* Sample every period events (or at period Hz) from the next overflow on.
   KERN_INVALID_VALUE: below the minimum; KERN_INVALID_ARGUMENT: the event
   only counts. */
kern_return_t perf_event_period (struct perf_event *event, uint64_t period);

/* Fill *values, all of one moment. */
void perf_event_read (struct perf_event *event,
		      struct perf_event_values *values);

/* Write LOST records for what was lost since the last, if there is room for
   them; as pmu_call (). */
void perf_event_tell_lost (struct perf_event *event);

/* The same for this CPU alone; perf_lock held. */
void perf_event_tell_lost_here (struct perf_event *event);

/* The CPUs, by their bits, that owe a LOST record.  Of a CPU where the event
   counts the answer may be old. */
unsigned long perf_event_owing (const struct perf_event *event);

/* Whether no target is left that could run again.  perf_lock held. */
boolean_t perf_event_hung_up (const struct perf_event *event);

/* Attach the inheriting events of parent to its new child, before the child
   has a thread.  Task context, no lock held. */
void perf_event_inherit (struct perf_task *parent, struct perf_task *child);

/* Detach all events from a task or thread that is about to be freed.  Task
   context, no lock held. */
void perf_event_task_died (struct perf_task *task);
void perf_event_thread_died (struct perf_thread *thread);

/* The event behind a port with a new reference, or NULL. */
perf_event_t convert_port_to_perf_event (struct ipc_port *port);
void perf_event_deallocate (perf_event_t event);

/* The last send right to the event's port died. */
void perf_event_no_senders (struct ipc_port *port);

#endif /* _KERN_SAMPLING_EVENT_H_ */
