/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the user's registers are on a 64-bit kernel; registers.h.
 *
 * In user mode the NMI's own stub saved them.  In the kernel they stand in the
 * thread's pcb, where system calls and traps put all of them; a hardware
 * interrupt saves there only what C code may change, and in the stubs
 * themselves the processor still has, or has again, the user's.
 */

#include <i386/callchain.h>
#include <i386/registers.h>

#define KERNEL_BASE	0xffffffff80000000UL

/* struct pmu_regs.saved, lowest address first: what the NMI's stub (nmi.S)
   pushed, then the processor. */
#define SAVED_R15	0	/* downwards to R12 */
#define SAVED_BX	4
#define SAVED_CHANGED	5	/* as the kernel's stub of interrupts has it */
#define SAVED_CS	15
#define SAVED_SS	18

/* What the kernel's stub of interrupts pushed, lowest address first. */
#define CHANGED_R11	0	/* downwards to R8 */
#define CHANGED_DI	4
#define CHANGED_SI	5
#define CHANGED_DX	6
#define CHANGED_CX	7
#define CHANGED_AX	8
#define CHANGED_END	9	/* the processor's part */

/* What stubs have in %r12 meanwhile. */
#define STUB_USER_GS	0x66666666
#define STUB_KERNEL_GS	0x7eadbeef

/* Places in the kernel's entry stubs. */
extern const char trap_push_segs[], call_continuation[];
extern const char syscall64[], _syscall64_args_stack[];
extern const char _syscall64_check_for_ast[], _syscall64_range[];

extern const char return_to_iret[];

extern vm_offset_t int_stack_base[], int_stack_top[];
extern struct percpu percpu_array[];
extern struct task *kernel_task;

static void
put_changed (const unsigned long *changed, uint64_t *values)
{
  unsigned int i;

  for (i = 0; i < 4; i++)
    values[REGISTER_R8 + i] = changed[CHANGED_R11 + 3 - i];
  values[REGISTER_DI] = changed[CHANGED_DI];
  values[REGISTER_SI] = changed[CHANGED_SI];
  values[REGISTER_DX] = changed[CHANGED_DX];
  values[REGISTER_CX] = changed[CHANGED_CX];
  values[REGISTER_AX] = changed[CHANGED_AX];
}

/* The general registers as they were when regs were. */
static void
put_general (const struct pmu_regs *regs, uint64_t *values)
{
  const unsigned long *saved = regs->saved;
  unsigned int i;

  put_changed (saved + SAVED_CHANGED, values);
  for (i = 0; i < 4; i++)
    values[REGISTER_R8 + 4 + i] = saved[SAVED_R15 + 3 - i];
  values[REGISTER_BX] = saved[SAVED_BX];
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
  values[REGISTER_R8] = state->r8;
  values[REGISTER_R8 + 1] = state->r9;
  values[REGISTER_R8 + 2] = state->r10;
  values[REGISTER_R8 + 3] = state->r11;
  values[REGISTER_R8 + 4] = state->r12;
  values[REGISTER_R8 + 5] = state->r13;
  values[REGISTER_R8 + 6] = state->r14;
  values[REGISTER_R8 + 7] = state->r15;
}

static inline boolean_t
between (unsigned long address, const char *from, const char *to)
{
  return address >= (unsigned long) from && address < (unsigned long) to;
}

/* Whether the three bytes that an instruction begins with stand in the code
   from at on, before end. */
static boolean_t
code_ahead (unsigned long at, unsigned long end, unsigned int bytes)
{
  const unsigned char *code;

  for (; at + 3 <= end; at++)
    {
      code = (const unsigned char *) at;
      if ((code[0] | code[1] << 8 | (unsigned int) code[2] << 16) == bytes)
	return TRUE;
    }
  return FALSE;
}

/* Whether the processor has the user's registers though it runs a stub: one
   that still, or again, has the pcb for its stack, but for those that put back
   what stands there, and when all of it stands there: an AST leaves it so, with
   registers that are the kernel's. */
static boolean_t
in_stub (const struct pmu_regs *regs, const struct pcb *pcb)
{
  return regs->sp - (unsigned long) pcb < sizeof *pcb
	 && regs->sp != (unsigned long) &pcb->iss
	 && ! between (regs->ip, trap_push_segs, call_continuation)
	 && ! between (regs->ip, _syscall64_check_for_ast, _syscall64_range);
}

/* Whether a system call is entered, on the user's own stack still, with the
   return address in its register.  When that goes, by mov %r10, %rcx, all is in
   the pcb already. */
static boolean_t
in_system_call (const struct pmu_regs *regs)
{
  return regs->sp < KERNEL_BASE
	 && between (regs->ip, syscall64, _syscall64_args_stack)
	 && code_ahead (regs->ip, (unsigned long) _syscall64_args_stack,
			0xd1894c);
}

/* As put_general, in the entry of a system call: the first of the registers it
   uses for itself is %rbx, after mov %rbx, offset (%r11) has stored it. */
static void
put_system_call (const struct pmu_regs *regs, const struct pcb *pcb,
		 uint64_t *values)
{
  put_general (regs, values);
  values[REGISTER_IP] = values[REGISTER_CX];
  values[REGISTER_SP] = regs->sp;
  if (! code_ahead (regs->ip, (unsigned long) _syscall64_args_stack, 0x5b8949))
    values[REGISTER_BX] = pcb->iss.ebx;
}

/* As put_general, in a stub that has the pcb for its stack.  Where kernels of
   several processors have one per CPU, those of interrupts keep in %r12, behind
   the other registers they saved, whether %gs is to be put back. */
static void
put_stub (const struct pmu_regs *regs, const struct pcb *pcb,
	  uint64_t *values)
{
  const unsigned long *frame = (const unsigned long *) &pcb->iss.eip;
  uint64_t *r12 = &values[REGISTER_R8 + 4];

  put_general (regs, values);
  if (*r12 == STUB_USER_GS || *r12 == STUB_KERNEL_GS)
    *r12 = frame[-CHANGED_END - 1];
}

/* Whether a hardware interrupt of user mode is on its stack, and its handler
   has no frame yet, or no more: stub and assembly leave the registers that C
   code keeps as they were.  First on that stack stands the pointer to what was
   pushed before. */
static boolean_t
in_interrupt_entry (const struct pmu_regs *regs, const struct pcb *pcb)
{
  const unsigned long base = int_stack_base[cpu_this ()];
  const unsigned long top = int_stack_top[cpu_this ()];
  unsigned long before;

  if (regs->sp < base || regs->sp > top
      || (regs->fp >= base && regs->fp < top))
    return FALSE;
  if (regs->sp == top && regs->ip < (unsigned long) return_to_iret)
    before = regs->saved[SAVED_CHANGED + CHANGED_CX];	/* to be pushed next */
  else
    before = ((const unsigned long *) top)[-1];
  return before - (unsigned long) pcb < sizeof *pcb;
}

static void
put_from_kernel (const struct pmu_regs *regs, const struct pcb *pcb,
		 uint64_t *values)
{
  const unsigned long *changed;
  unsigned long fp;

  put_frame (&pcb->iss, values);
  if (regs->saved != NULL && in_system_call (regs))
    put_system_call (regs, pcb, values);
  else if (regs->saved != NULL && in_stub (regs, pcb))
    put_stub (regs, pcb, values);
  else if (regs->saved != NULL && in_interrupt_entry (regs, pcb))
    {
      put_stub (regs, pcb, values);
      put_changed ((const unsigned long *) &pcb->iss.eip - CHANGED_END,
		   values);
    }
  else if ((changed = callchain_user_interrupt (regs, &fp)) != NULL)
    {
      put_changed (changed - CHANGED_END, values);
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
  values[REGISTER_IP] = regs->ip;
  values[REGISTER_CS] = regs->saved[SAVED_CS];
  values[REGISTER_FLAGS] = regs->flags;
  values[REGISTER_SP] = regs->sp;
  values[REGISTER_SS] = regs->saved[SAVED_SS];
  return TRUE;
}
