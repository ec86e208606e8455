/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callchains from NMI or interrupt context: no fault, no lock, nothing read
 * but mapped memory.
 *
 * The kernel we graft onto is built with frame pointers, so its chains follow
 * these.  A place that was interrupted may be before or behind the frame's
 * life, or in a leaf without one: there the table of unwind.h says where the
 * caller is.  Entry stubs leave the frame pointer alone, so the chain passes
 * through them; what it would miss, the very place that a hardware interrupt
 * or a trap hit, is taken from the registers the stub saved.
 */
#ifndef _I386_CALLCHAIN_H_
#define _I386_CALLCHAIN_H_

#include <kern/pmu/pmu.h>

/* Learn how this kernel's entry stubs save registers.  Once, before the
   rest. */
void callchain_init (void);

/* Fill ips with regs->ip, in the kernel, and its callers, at most max (at
   least 1); answer how many.  *has_user says whether the thread has a user
   mode, and *user how it left that.  The current CPU's current thread. */
unsigned int callchain_kernel (const struct pmu_regs *regs, uint64_t *ips,
			       unsigned int max, struct pmu_regs *user,
			       boolean_t *has_user);

/* Fill ips with user->ip and its callers, at most max (at least 1); answer
   how many.  Stops at the first frame whose page is not present.  The
   address space of thread, as user_page () takes it. */
unsigned int callchain_user (const struct thread *thread,
			     const struct pmu_regs *user, uint64_t *ips,
			     unsigned int max);

/* If the current thread came from user mode by a hardware interrupt that is
   still being handled: where the processor put its instruction pointer, with
   the registers the kernel's stub saved below, and the user's frame pointer;
   else NULL. */
const unsigned long *callchain_user_interrupt (const struct pmu_regs *regs,
					       unsigned long *fp);

#if !defined (__x86_64__)
/* Whether state, of a thread in user mode or from there, is as a system call's
   gate fills it: the processor pushes no flags there, so %cs and %eip stand a
   word higher until the kernel's stub has put all in order. */
boolean_t callchain_gate_state (const struct i386_saved_state *state);
#endif

/* How thread left user mode last, as far as the kernel saved it. */
void callchain_user_regs (const struct thread *thread,
			  struct pmu_regs *user);

/* What the hardware interrupt that is being handled interrupted.  FALSE:
   there is none.  Interrupt context. */
boolean_t callchain_interrupted (struct pmu_regs *regs);

#endif /* _I386_CALLCHAIN_H_ */
