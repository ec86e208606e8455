/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which counters are on a CPU's PMU now.
 *
 * A counter is active on a CPU while its event is enabled and a target of it
 * runs there; an active counter counts unless the PMU had no place for it.
 * Places are given to whole groups.  Those that are active stand in a queue:
 * who is first is served first, and who comes later gets what is left.  A
 * group that counted for its turn goes to the end of the queue at the next
 * clock tick if somebody waits.  Its place in the queue stays with it while
 * its targets do not run, so threads that run for less than a tick at a time
 * do not always have the same events counted.  A turn is half of the tick as
 * it was measured, for it need not be what the kernel believes: that of a
 * badly calibrated APIC comes twice as often.
 * At a context switch the counters of the old thread are stopped and those
 * of the new one started, between threads of one task only what is attached
 * to the threads themselves.  That happens before the kernel switches, for a
 * thread with a continuation does not come back from there; only a stack
 * hand-off is told afterwards.
 */
#ifndef _KERN_SAMPLING_SCHED_H_
#define _KERN_SAMPLING_SCHED_H_

#include <kern/sampling/event.h>

/* Changed by the CPU itself with perf_lock held; its NMI code only reads. */
struct perf_cpu
{
  struct perf_thread *thread;	/* that runs, or is switched to; NULL while
				   no event is open, too */
  uint64_t who;			/* its task's number and its own, as a
				   record has them */
  struct perf_counter *active;	/* of leaders, in order of their turns */
  uint64_t turns;		/* given out */
  uint64_t ticked_at;		/* ns: the latest clock tick; 0: none yet */
  uint64_t turn_length;		/* ns */
  unsigned long handoff_frame;	/* of who asked for a hand-off last, while
				   one hears of switches; 0: it was made */
};

extern struct perf_cpu perf_cpus[PMU_MAX_CPUS];

/* The CPUs there are, from 0; constant after initialisation. */
extern unsigned int perf_nr_cpus;

/* The smallest period the PMU takes; constant after initialisation. */
extern uint32_t perf_min_period;

/* The numbers of thread and its task, as a pair of words in a record. */
static inline uint64_t
perf_sched_number (const struct perf_thread *thread)
{
  return thread != NULL
	 ? thread->task->pid | (uint64_t) thread->tid << 32
	 : PERF_ID_UNKNOWN | (uint64_t) PERF_ID_UNKNOWN << 32;
}

/* Who runs on this CPU, as a pair of words in a record.  Any context. */
static inline uint64_t
perf_sched_who (void)
{
#if defined (__x86_64__)
  return perf_cpus[cpu_this ()].who;
#else
  /* An NMI may come between the halves of who; a pointer is whole. */
  return perf_sched_number (perf_cpus[cpu_this ()].thread);
#endif
}

/* Whether this CPU is on its way from one thread to another.  Any context. */
static inline boolean_t
perf_sched_switching (void)
{
  const struct perf_thread *thread = perf_cpus[cpu_this ()].thread;

  return thread != NULL && thread->thread != perf_current_thread ();
}

/* Note which thread runs on every CPU: the first event is open.  As
   pmu_call (). */
void perf_sched_begin (void);

/* Forget it: no event is open any more.  perf_lock held. */
void perf_sched_end (void);

/* Start or stop event's counter on this CPU as its state now asks for.
   perf_lock held. */
void perf_sched_update (struct perf_event *event);

/* The same on every CPU, when it returns; as pmu_call (). */
void perf_sched_update_all (struct perf_event *event);

/* Do work with each of event's counters, perf_lock held: on its own CPU if it
   is active there.  As pmu_call (). */
void perf_sched_each (struct perf_event *event,
		      void (*work) (struct perf_counter *counter,
				    void *argument),
		      void *argument);

/* Whether event is to be active while thread, NULL if it is not known, runs
   on this CPU.  perf_lock held. */
boolean_t perf_sched_wants (const struct perf_event *event,
			    const struct perf_thread *thread);

/* The context switch to thread; interrupts off.  handed: the old one gave it
   its stack, and blocks; fp: the frame of the kernel's code that switches. */
void perf_sched_switch (struct thread *thread, boolean_t handed,
			unsigned long fp);

/* A clock tick: let others count if somebody waits, and adjust the periods of
   events with a frequency.  Interrupt context. */
void perf_sched_tick (void);

/* Bring a counter's times and count up to date.  perf_lock held. */
void perf_counter_refresh (struct perf_counter *counter);

/* The same of one that is active, as of now (ns), with the PMU quiet. */
void perf_counter_refresh_at (struct perf_counter *counter, uint64_t now);

/* Set the period of a counter.  perf_lock held, or its CPU with interrupts
   off. */
void perf_counter_set_period (struct perf_counter *counter, uint64_t period);

#endif /* _KERN_SAMPLING_SCHED_H_ */
