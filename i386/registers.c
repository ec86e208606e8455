/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the user's registers are on a 32-bit kernel; registers.h.  What
 * x86_64/registers.c says of them holds here, too; system calls enter by a
 * gate, on the thread's pcb, as traps do.
 */

#include <i386/callchain.h>
#include <i386/registers.h>

/* struct pmu_regs.saved, lowest address first: what the NMI's stub (nmi.S)
   pushed, then where the processor's part stands. */
#define SAVED_DI	0
#define SAVED_SI	1
#define SAVED_BX	2
#define SAVED_DX	5	/* behind %es and %ds */
#define SAVED_CX	6
#define SAVED_AX	7
#define SAVED_FRAME	8

#define FRAME_CS	1
#define FRAME_SS	4

/* What the kernel's stub of interrupts pushed, from the processor's part
   downwards. */
#define CHANGED_AX	(-1)
#define CHANGED_CX	(-2)
#define CHANGED_DX	(-3)

/* Places in the kernel's entry stubs. */
extern const char trap_push_segs[], call_continuation[];

extern struct percpu percpu_array[];
extern struct task *kernel_task;

/* The general registers as they were when regs were. */
static void
put_general (const struct pmu_regs *regs, uint64_t *values)
{
  values[REGISTER_AX] = regs->saved[SAVED_AX];
  values[REGISTER_BX] = regs->saved[SAVED_BX];
  values[REGISTER_CX] = regs->saved[SAVED_CX];
  values[REGISTER_DX] = regs->saved[SAVED_DX];
  values[REGISTER_SI] = regs->saved[SAVED_SI];
  values[REGISTER_DI] = regs->saved[SAVED_DI];
  values[REGISTER_BP] = regs->fp;
}

/* What the processor itself keeps of user mode. */
static void
put_frame (const struct i386_saved_state *state, uint64_t *values)
{
  values[REGISTER_IP] = state->eip;
  values[REGISTER_CS] = state->cs;
  values[REGISTER_FLAGS] = state->efl;
  values[REGISTER_SP] = state->uesp;
  values[REGISTER_SS] = state->ss;
  if (callchain_gate_state (state))
    {
      values[REGISTER_IP] = state->cs;
      values[REGISTER_CS] = state->efl;
      values[REGISTER_FLAGS] = 0;
    }
}

static void
put_state (const struct i386_saved_state *state, uint64_t *values)
{
  values[REGISTER_AX] = state->eax;
  values[REGISTER_BX] = state->ebx;
  values[REGISTER_CX] = state->ecx;
  values[REGISTER_DX] = state->edx;
  values[REGISTER_SI] = state->esi;
  values[REGISTER_DI] = state->edi;
  values[REGISTER_BP] = state->ebp;
}

/* Whether the processor has the user's registers though it runs a stub: one
   that still, or again, has the pcb for its stack, but for those that put back
   what stands there. */
static boolean_t
in_stub (const struct pmu_regs *regs, const struct pcb *pcb)
{
  return regs->sp - (unsigned long) pcb < sizeof *pcb
	 && (regs->ip < (unsigned long) trap_push_segs
	     || regs->ip >= (unsigned long) call_continuation);
}

static void
put_from_kernel (const struct pmu_regs *regs, const struct pcb *pcb,
		 uint64_t *values)
{
  const unsigned long *changed;
  unsigned long fp;

  put_frame (&pcb->iss, values);
  if (regs->saved != NULL && in_stub (regs, pcb))
    put_general (regs, values);
  else if ((changed = callchain_user_interrupt (regs, &fp)) != NULL)
    {
      values[REGISTER_AX] = changed[CHANGED_AX];
      values[REGISTER_CX] = changed[CHANGED_CX];
      values[REGISTER_DX] = changed[CHANGED_DX];
      values[REGISTER_BP] = fp;
    }
  else
    put_state (&pcb->iss, values);
}

boolean_t
registers_blocked (const struct thread *thread,
		   uint64_t values[NR_REGISTERS])
{
  unsigned int i;

  if (thread->task == kernel_task || thread->pcb == NULL)
    return FALSE;
  for (i = 0; i < NR_REGISTERS; i++)
    values[i] = 0;
  put_frame (&thread->pcb->iss, values);
  put_state (&thread->pcb->iss, values);
  return TRUE;
}

boolean_t
registers_user (const struct pmu_regs *regs, uint64_t values[NR_REGISTERS])
{
  const struct thread *thread = percpu_array[cpu_this ()].active_thread;
  const unsigned long *frame;
  unsigned int i;

  if (thread == NULL || thread->task == kernel_task || thread->pcb == NULL)
    return FALSE;
  for (i = 0; i < NR_REGISTERS; i++)
    values[i] = 0;
  if (! regs->user || regs->saved == NULL)
    {
      put_from_kernel (regs, thread->pcb, values);
      return TRUE;
    }
  put_general (regs, values);
  frame = (const unsigned long *) regs->saved[SAVED_FRAME];
  values[REGISTER_IP] = regs->ip;
  values[REGISTER_CS] = frame[FRAME_CS];
  values[REGISTER_FLAGS] = regs->flags;
  values[REGISTER_SP] = regs->sp;
  values[REGISTER_SS] = frame[FRAME_SS];
  return TRUE;
}
