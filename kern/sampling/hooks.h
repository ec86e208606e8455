/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the sampling core touches the rest of the kernel: everything that
 * kern/hooks.list redirects comes in here, and nowhere else.
 *
 * A `before' hook runs ahead of the kernel's function, an `after' hook behind
 * it with its result; either costs one test of its flag while that is 0.
 */
#ifndef _KERN_SAMPLING_HOOKS_H_
#define _KERN_SAMPLING_HOOKS_H_

#include <kern/sampling/env.h>

/* Flags of the hooks.  perf_lock, but perf_ready, set once at boot. */
extern volatile unsigned char perf_ready;	/* births, deaths, the clock */
extern volatile unsigned char perf_switch_wanted; /* an event is open */
extern volatile unsigned char perf_handoff_wanted; /* one hears of switches */
extern volatile unsigned char perf_comm_wanted;	/* one wants COMM */
extern volatile unsigned char perf_map_wanted;	/* one wants MMAP2 */

/* Set the flags as the open events need them.  perf_lock held. */
void perf_hooks_update (void);

/* wrap biosmem_register_boot_data: keep the pages we are linked into. */
void perf_biosmem_register_boot_data (phys_addr_t start, phys_addr_t end,
				      boolean_t temporary);

/* wrap biosmem_setup: what is left of the boot heap goes to the page allocator,
   but a kernel for several processors takes their descriptor tables from that
   heap later, from pages that are somebody else's by then.  So enough for all
   of them is held back. */
void perf_biosmem_setup (void);

/* wrap bootstrap_create: everything of the kernel is up, no user task yet. */
void perf_bootstrap_create (void);

/* wrap ipc_kobject_notify: messages the kernel itself has no routine for. */
boolean_t perf_kobject_notify (mach_msg_header_t *request,
			       mach_msg_header_t *reply);

/* before switch_context, load_context, thread_handoff; after stack_handoff */
void perf_hook_switch_context (struct thread *old, void *continuation,
			       struct thread *new);
void perf_hook_stack_handoff (unsigned long result, struct thread *old,
			      struct thread *new);
void perf_hook_load_context (struct thread *new);
void perf_hook_thread_handoff (struct thread *old, void *continuation,
			       struct thread *new);

/* before clock_interrupt */
void perf_hook_clock (int usec, boolean_t usermode, boolean_t basepri,
		      vm_offset_t pc);

/* before kdb_trap: no counter may interrupt the debugger, nor a panic. */
void perf_hook_debugger (void);

/* before ipc_task_init, machine_task_terminate, pcb_init, pcb_terminate */
void perf_hook_task_init (struct task *task, struct task *parent);
void perf_hook_task_terminate (struct task *task);
void perf_hook_thread_init (struct task *task, struct thread *thread);
void perf_hook_thread_terminate (struct thread *thread);

/* after task_set_name, thread_set_name */
void perf_hook_task_name (kern_return_t result, struct task *task,
		     const char *name);
void perf_hook_thread_name (kern_return_t result, struct thread *thread,
		       const char *name);

/* after vm_map_enter, vm_map_protect */
void perf_hook_map_enter (kern_return_t result, struct vm_map *map,
			  vm_offset_t *address, vm_size_t size,
			  vm_offset_t mask, boolean_t anywhere,
			  struct vm_object *object, vm_offset_t offset,
			  boolean_t needs_copy, vm_prot_t protection);
void perf_hook_map_protect (kern_return_t result, struct vm_map *map,
			    vm_offset_t start, vm_offset_t end,
			    vm_prot_t protection);

#endif /* _KERN_SAMPLING_HOOKS_H_ */
