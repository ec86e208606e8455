/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's side of the sampling core; hooks.h. */

#include <kern/pmu/overhead.h>
#include <kern/sampling/hooks.h>
#include <kern/sampling/lock.h>
#include <kern/sampling/offcpu.h>
#include <kern/sampling/port.h>
#include <kern/sampling/sched.h>
#include <kern/sampling/server.h>
#include <kern/sampling/share.h>
#include <kern/sampling/sideband.h>

#define MIG_NO_REPLY	(-305)	/* <mach/mig_errors.h> */

extern boolean_t ipc_kobject_notify (mach_msg_header_t *, mach_msg_header_t *);

volatile unsigned char perf_ready;
volatile unsigned char perf_switch_wanted;
volatile unsigned char perf_handoff_wanted;
volatile unsigned char perf_comm_wanted;
volatile unsigned char perf_map_wanted;

void
perf_hooks_update (void)
{
  const struct perf_event *event;
  boolean_t off_cpu = FALSE;
  uint64_t flags = 0;

  for (event = perf_events; event != NULL; event = event->all_next)
    {
      flags |= event->attr.flags;
      off_cpu = off_cpu || event->off_cpu;
    }
  perf_switch_wanted = perf_events != NULL;
  perf_switch_told = off_cpu || (flags & PERF_ATTR_CONTEXT_SWITCH) != 0;
  perf_handoff_wanted = perf_switch_told;
  if (perf_events == NULL)
    perf_sched_end ();
  perf_comm_wanted = (flags & PERF_ATTR_COMM) != 0;
  perf_map_wanted = (flags & PERF_ATTR_MMAP2) != 0;
}

boolean_t
perf_kobject_notify (mach_msg_header_t *request, mach_msg_header_t *reply)
{
  if (perf_nr_cpus != 0 && cpu_this () != CPU_UNKNOWN
      && perf_rpc (request, reply))
    return TRUE;
  if (perf_notify (request))
    {
      ((mig_reply_header_t *) reply)->RetCode = MIG_NO_REPLY;
      return TRUE;
    }
  return ipc_kobject_notify (request, reply);
}

/* The frame of the kernel's function that calls what is hooked: the hook's
   trampoline makes none. */
static inline __attribute__ ((always_inline)) unsigned long
hook_caller_frame (void)
{
  return *(const unsigned long *) __builtin_frame_address (0);
}

void
perf_hook_switch_context (struct thread *old, void *continuation,
			  struct thread *new)
{
  (void) old;
  (void) continuation;
  perf_sched_switch (new, FALSE, hook_caller_frame ());
}

void
perf_hook_thread_handoff (struct thread *old, void *continuation,
			  struct thread *new)
{
  (void) old;
  (void) continuation;
  (void) new;
  if (cpu_this () != CPU_UNKNOWN)
    perf_cpus[cpu_this ()].handoff_frame = hook_caller_frame ();
}

void
perf_hook_stack_handoff (unsigned long result, struct thread *old,
			 struct thread *new)
{
  unsigned long fp = hook_caller_frame ();
  unsigned long *asked = &perf_cpus[cpu_this ()].handoff_frame;
  boolean_t handed;

  (void) result;		/* there is none */
  (void) old;
  if (cpu_this () == CPU_UNKNOWN)
    return;
  /* A hand-off that failed may have been noted, too: ours was asked for by the
     caller of who calls us. */
  handed = *asked != 0 && *(const unsigned long *) fp == *asked;
  *asked = 0;
  perf_sched_switch (new, handed, fp);
}

void
perf_hook_load_context (struct thread *new)
{
  perf_sched_switch (new, FALSE, 0);
}

#if KERNEL_SMP
/* The first clock interrupt of a CPU that has no number from us yet.  Until
   all have come up, it joins; after that it is left alone. */
static void
cpu_arrives (void)
{
  int cpu;

  asm ("movl %%gs:%c1, %0"
       : "=r" (cpu) : "i" (__builtin_offsetof (struct percpu, cpu_id)));
  if (perf_nr_cpus == 0)
    pmu_cpu_init (cpu);
}
#endif

void
perf_hook_clock (int usec, boolean_t usermode, boolean_t basepri,
		 vm_offset_t pc)
{
  struct pmu_regs regs;
  uint32_t begin;

  (void) usec;
  (void) basepri;
#if KERNEL_SMP
  if (cpu_this () == CPU_UNKNOWN)
    {
      cpu_arrives ();
      return;
    }
#endif
  begin = pmu_hook_begin ();
  if (! callchain_interrupted (&regs))
    {
      memset (&regs, 0, sizeof regs);
      regs.ip = pc;
      regs.user = usermode;
    }
  pmu_tick (cpu_this (), &regs);
  perf_sched_tick ();
  pmu_hook_end (cpu_this (), begin);
}

void
perf_hook_debugger (void)
{
  pmu_cpu_quiesce (cpu_this ());
}

void
perf_hook_task_init (struct task *task, struct task *parent)
{
  struct perf_task *child = perf_task_born (task, parent), *from;
  unsigned long flags;

  if (child == NULL)
    return;
  flags = perf_lock ();
  from = parent == NULL ? NULL : perf_task_find (parent);
  if (from != NULL)
    perf_sideband_fork_task (from, child);
  perf_unlock (flags);
  if (from != NULL)
    perf_event_inherit (from, child);
}

void
perf_hook_task_terminate (struct task *task)
{
  unsigned long flags = perf_lock ();
  struct perf_task *t = perf_task_find (task);
  boolean_t last = t != NULL && t->threads == NULL;

  /* A task that never had a thread; else its last one tells. */
  if (last && ! t->had_thread)
    perf_sideband_exit (t, NULL);
  perf_unlock (flags);
  if (last)
    perf_event_task_died (t);
  perf_task_died (task);
}

void
perf_hook_thread_init (struct task *task, struct thread *thread)
{
  struct perf_thread *t = perf_thread_born (thread, task);
  unsigned long flags;

  if (t == NULL)
    return;
  flags = perf_lock ();
  perf_sideband_fork_thread (t);
  perf_unlock (flags);
  perf_share_make (task);
}

void
perf_hook_thread_terminate (struct thread *thread)
{
  unsigned long flags = perf_lock ();
  struct perf_thread *t = perf_thread_find (thread);
  boolean_t last = FALSE;

  if (t != NULL)
    {
      perf_sideband_exit (t->task, t);
      /* The kernel drops the thread's hold on its task first. */
      last = t->task->task == NULL && t->task->threads == t
	     && t->task_next == NULL;
    }
  perf_unlock (flags);
  if (t == NULL)
    return;
  perf_event_thread_died (t);
  if (last)
    perf_event_task_died (t->task);
  perf_thread_died (thread);
}

void
perf_hook_task_name (kern_return_t result, struct task *task,
		     const char *name)
{
  unsigned long flags;
  struct perf_task *t;

  (void) name;			/* it stands in the structure now */
  if (result != KERN_SUCCESS)
    return;
  flags = perf_lock ();
  t = perf_task_find (task);
  if (t != NULL)
    perf_sideband_comm (t, NULL, task->name);
  perf_unlock (flags);
}

void
perf_hook_thread_name (kern_return_t result, struct thread *thread,
		       const char *name)
{
  unsigned long flags;
  struct perf_thread *t;

  (void) name;			/* it stands in the structure now */
  if (result != KERN_SUCCESS)
    return;
  flags = perf_lock ();
  t = perf_thread_find (thread);
  if (t != NULL)
    perf_sideband_comm (t->task, t, thread->name);
  perf_unlock (flags);
}

/* A range of map became executable. */
static void
hook_executable (struct vm_map *map, vm_offset_t address, vm_size_t size,
		 vm_prot_t protection)
{
  unsigned long flags;
  struct perf_task *t;

  if (! (protection & PERF_VM_PROT_EXECUTE) || map == kernel_map)
    return;
  flags = perf_lock ();
  t = perf_task_of_map (map);
  if (t != NULL)
    perf_sideband_anonymous (t, address, size, protection);
  perf_unlock (flags);
}

void
perf_hook_map_enter (kern_return_t result, struct vm_map *map,
		     vm_offset_t *address, vm_size_t size, vm_offset_t mask,
		     boolean_t anywhere, struct vm_object *object,
		     vm_offset_t offset, boolean_t needs_copy,
		     vm_prot_t protection)
{
  (void) mask;
  (void) anywhere;
  (void) object;
  (void) offset;
  (void) needs_copy;
  if (result == KERN_SUCCESS)
    hook_executable (map, *address, size, protection);
}

void
perf_hook_map_protect (kern_return_t result, struct vm_map *map,
		       vm_offset_t start, vm_offset_t end,
		       vm_prot_t protection)
{
  if (result == KERN_SUCCESS)
    hook_executable (map, start, end - start, protection);
}
