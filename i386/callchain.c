/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Callchains by frame pointer and table; callchain.h. */

#include <i386/callchain.h>
#include <i386/unwind.h>
#include <i386/user_page.h>

#define STACK_SIZE	4096UL	/* kernel and interrupt stacks alike */
#define PAGE_SIZE	4096UL
#define WORD		sizeof (unsigned long)

#if defined (__x86_64__)
#define KERNEL_BASE	0xffffffff80000000UL
#else
#define KERNEL_BASE	0xc0000000UL
#endif

/* A frame, seen from its frame pointer. */
#define FRAME_SAVED	0	/* the caller's frame pointer */
#define FRAME_RETURN	1
/* Under the frame of an interrupt's C handler stand words of the stub
   `interrupt' (on i386 arguments among them), then where that returns to,
   then what its caller kept. */
#if defined (__x86_64__)
#define FRAME_INTERRUPT	4
#else
#define FRAME_INTERRUPT	8
#endif
/* kernel_trap () is called with a pointer to the saved registers pushed. */
#define FRAME_TRAP	2

/* What the processor pushed at an interrupt, lowest address first; below it
   stands what all_intrs pushed. */
#define INTERRUPT_IP	0
#define INTERRUPT_CS	1
#define INTERRUPT_FLAGS	2
#define INTERRUPT_SP	3

/* Segment registers that all_intrs pushes besides, unless it interrupts an
   interrupt. */
#if defined (__x86_64__)
#define INTERRUPT_SEGMENTS	0
#else
#define INTERRUPT_SEGMENTS	4
#endif

/* Bits of a code selector that say how privileged it is. */
#define CS_RING		3

/* The flag by which interrupts are on. */
#define FLAGS_INTERRUPT	0x200

/* Opcodes around which the frame pointer is not this function's. */
#define OP_PUSH_FP	0x55
#define OP_PUSH		0x50	/* of any register, in the low bits */
#define OP_PUSH_MASK	0xf8
#define OP_REX_B	0x41	/* registers 8 to 15 */
#define OP_RET		0xc3

extern struct percpu percpu_array[];
extern struct task *kernel_task;
extern vm_offset_t int_stack_base[];

/* Registers that all_intrs pushes always, its stub's among them: kernels
   differ.  Set once by callchain_init (). */
static unsigned int interrupt_saved;

/* Places in the kernel's entry stubs. */
extern const char all_intrs[], return_to_iret[], _return_to_iret_i[];
extern const char trap_from_kernel[], thread_bootstrap_return[];

void
callchain_init (void)
{
  const unsigned char *code = (const unsigned char *) all_intrs;

  /* The stub of the vector has pushed one. */
  for (interrupt_saved = 1; ; interrupt_saved++)
    {
#if defined (__x86_64__)
      if (*code == OP_REX_B)
	code++;
#endif
      if ((*code++ & OP_PUSH_MASK) != OP_PUSH)
	break;
    }
}

/* Whether nr words from address on lie in the stack at base.  They need not
   be aligned: the interrupt stack begins 4 bytes below its end. */
static inline boolean_t
in_stack (unsigned long base, unsigned long address, unsigned int nr)
{
  return address - base <= STACK_SIZE - nr * WORD;
}

/* The same for any stack the kernel runs on. */
static inline boolean_t
on_stack (unsigned long address, unsigned int nr)
{
  return in_stack (percpu_array[cpu_this ()].active_stack, address, nr)
	 || in_stack (int_stack_base[cpu_this ()], address, nr);
}

/* Whether nr words from address on are where the entry stubs save registers:
   a stack, or the current thread's pcb.  A frame that says so need not be one:
   the stubs leave the user's frame pointer alone, and it may lead anywhere in
   our stacks, to words that were the user's registers. */
static inline boolean_t
holds_registers (unsigned long address, unsigned int nr)
{
  const struct thread *thread = percpu_array[cpu_this ()].active_thread;

  return on_stack (address, nr)
	 || (thread != NULL && thread->pcb != NULL
	     && address - (unsigned long) thread->pcb
		<= sizeof *thread->pcb - nr * WORD);
}

/* Whether address lies from one place in the kernel up to another.  Most are
   beyond both, and two comparisons need no register. */
static inline boolean_t
between (unsigned long address, const char *from, const char *to)
{
  return address < (unsigned long) to && address >= (unsigned long) from;
}

/* If the frame at fp is that of a hardware interrupt's handler, the registers
   that were saved; else NULL. */
static const unsigned long *
interrupt_registers (unsigned long fp)
{
  const unsigned long *frame = (const unsigned long *) fp;
  unsigned long saved;
  const char *back;

  if (! on_stack (fp, FRAME_INTERRUPT + 2))
    return NULL;
  back = (const char *) frame[FRAME_INTERRUPT];
  /* From a kernel or user stack: the stub keeps the old stack pointer. */
  if (back == return_to_iret)
    {
      saved = frame[FRAME_INTERRUPT + 1]
	      + (interrupt_saved + INTERRUPT_SEGMENTS) * WORD;
      return holds_registers (saved, INTERRUPT_SP + 1)
	     ? (const unsigned long *) saved : NULL;
    }
  /* From the interrupt stack itself. */
  if (back == _return_to_iret_i
      && on_stack (fp, FRAME_INTERRUPT + 1 + interrupt_saved
		       + INTERRUPT_SP + 1))
    return &frame[FRAME_INTERRUPT + 1 + interrupt_saved];
  return NULL;
}

/* Whether return_address is that of kernel_trap () in its stub. */
static inline boolean_t
is_trap_return (unsigned long return_address)
{
  return between (return_address, trap_from_kernel, thread_bootstrap_return);
}

/* In a function's prologue, or before its ret, the frame pointer is still or
   again the caller's and the return address is near the stack pointer.
   Answer how many words above it, or -1.  The page of code is mapped. */
static inline int
frameless_return (const unsigned char *code, unsigned long offset)
{
  if (offset == 0 || offset > PAGE_SIZE - 3)
    return -1;			/* would need the next page; rare */
  if (code[0] == OP_PUSH_FP || code[0] == OP_RET)
    return 0;
#if defined (__x86_64__)
  if (code[-1] == OP_PUSH_FP
      && code[0] == 0x48 && code[1] == 0x89 && code[2] == 0xe5)
    return 1;
#else
  if (code[-1] == OP_PUSH_FP
      && code[0] == 0x89 && code[1] == 0xe5)
    return 1;
#endif
  return -1;
}

/* How many words above the stack pointer the return address stands at ip, in
   the kernel or in our own code; -1: it is where the frame pointer says. */
static inline int
kernel_frameless_return (unsigned long ip)
{
  unsigned int rule;

  if (! unwind_is_kernel (ip))
    return ip < KERNEL_BASE ? -1
	   : frameless_return ((const unsigned char *) ip, ip % PAGE_SIZE);
  rule = unwind_rule (ip);
  return rule < UNWIND_FRAME ? (int) rule : -1;
}

/* Store the caller that frame pointers would miss at ip, if there is one;
   answer how many. */
static unsigned int
frameless_caller (unsigned long ip, unsigned long sp, uint64_t *caller)
{
  int above = kernel_frameless_return (ip);

  if (above < 0 || ! on_stack (sp, above + 1))
    return 0;
  *caller = ((const unsigned long *) sp)[above];
  return 1;
}

/* The stack pointer where a trap hit the kernel. */
static inline unsigned long
trapped_sp (const struct i386_saved_state *trapped)
{
#if defined (__x86_64__)
  return trapped->uesp;
#else
  return (unsigned long) &trapped->uesp;	/* not pushed */
#endif
}

/* The stack pointer at the interrupt, given the registers saved. */
static inline unsigned long
interrupted_sp (const unsigned long *saved)
{
#if !defined (__x86_64__)
  if ((saved[INTERRUPT_CS] & CS_RING) == 0)
    return (unsigned long) &saved[INTERRUPT_SP];	/* not pushed */
#endif
  return saved[INTERRUPT_SP];
}

/* One page of user memory, looked up once. */
struct user_window
{
  const struct thread *thread;
  unsigned long page;
  const char *view;		/* NULL: not present, or none looked up */
};

/* Read a word of user memory.  FALSE: not there. */
static inline boolean_t
user_read (struct user_window *window, unsigned long address,
	   unsigned long *word)
{
  unsigned long page = address & ~(PAGE_SIZE - 1);

  if (address % WORD != 0)
    return FALSE;
  if (window->view == NULL || window->page != page)
    {
      window->page = page;
      window->view = user_page (window->thread, page);
      if (window->view == NULL)
	return FALSE;
    }
  *word = *(const volatile unsigned long *)
	   (window->view + address % PAGE_SIZE);
  return TRUE;
}

#if !defined (__x86_64__)
boolean_t
callchain_gate_state (const struct i386_saved_state *state)
{
  /* User mode cannot turn interrupts off, so it is %cs that stands there.  The
     stub moves %eip first: then both are the same. */
  return (state->efl & FLAGS_INTERRUPT) == 0 && state->cs != state->efl
	 && state->cs != state->eip;
}
#endif

void
callchain_user_regs (const struct thread *thread, struct pmu_regs *user)
{
  const struct i386_saved_state *saved = &thread->pcb->iss;

  user->ip = saved->eip;
#if !defined (__x86_64__)
  if (callchain_gate_state (saved))
    user->ip = saved->cs;
#endif
  user->sp = saved->uesp;
  user->fp = saved->ebp;
  user->flags = saved->efl;
  user->user = TRUE;
}

const unsigned long *
callchain_user_interrupt (const struct pmu_regs *regs, unsigned long *fp)
{
  unsigned long at = regs->fp, next;
  const unsigned long *saved;

  if (regs->user)		/* we are what interrupted it */
    at = (unsigned long) __builtin_frame_address (0);
  for (; in_stack (int_stack_base[cpu_this ()], at, 2); at = next)
    {
      saved = interrupt_registers (at);
      next = *(const unsigned long *) at;
      if (saved != NULL && (saved[INTERRUPT_CS] & CS_RING) != 0)
	{
	  *fp = next;
	  return saved;
	}
      if (next <= at)
	break;
    }
  return NULL;
}

/* An entry stub was interrupted with the user's frame pointer still in its
   register.  The system call stub also keeps the user's stack until it has
   saved where it came from; before, the caller of the system call is the best
   there is. */
static void
stub_user_regs (const struct pmu_regs *regs, struct pmu_regs *user)
{
  struct user_window window
    = { percpu_array[cpu_this ()].active_thread, 0, NULL };
  unsigned long caller;

  user->fp = regs->fp;
  if (regs->sp < KERNEL_BASE && regs->sp != user->sp
      && user_read (&window, regs->sp, &caller))
    {
      user->ip = caller;
      user->sp = regs->sp + WORD;
    }
}

/* Store return addresses from the frame at *fp on, as long as its frames
   lie in the stack at base; *fp is then the first that does not.  On the
   interrupt stack, stop behind the frame of an interrupt's handler, too, and
   store in *interrupted the registers saved there.  Answer how many. */
static inline unsigned int
stack_frames (unsigned long base, unsigned long *fp, uint64_t *ips,
	      unsigned int max, const unsigned long **interrupted)
{
  const unsigned long last = base + STACK_SIZE - 2 * WORD;
  const struct i386_saved_state *trapped;
  unsigned long at = *fp, next, back;
  const unsigned long *frame;
  uint64_t *const first = ips, *const end = ips + max;

  do
    {
      frame = (const unsigned long *) at;
      next = frame[FRAME_SAVED];
      back = frame[FRAME_RETURN];
      *ips++ = back;
      if (interrupted != NULL
	  && (*interrupted = interrupt_registers (at)) != NULL)
	{
	  at = next;
	  break;
	}
      if (is_trap_return (back) && ips < end
	  && in_stack (base, at, FRAME_TRAP + 1))
	{
	  trapped = (const struct i386_saved_state *) frame[FRAME_TRAP];
	  if (holds_registers ((unsigned long) &trapped->eip, 1))
	    {
	      *ips++ = trapped->eip;
	      if (ips < end)
		ips += frameless_caller (trapped->eip, trapped_sp (trapped),
					 ips);
	    }
	}
      if (next <= at || next > last)
	{
	  /* Frames only go up: one that does not ends the chain. */
	  at = next <= at && in_stack (base, next, 2) ? 0 : next;
	  break;
	}
      at = next;
    }
  while (ips < end);
  *fp = at;
  return ips - first;
}

/* As stack_frames, of the interrupt stack and what was interrupted there.
   Answer how many; *user says whether it was user mode. */
static unsigned int
interrupt_frames (unsigned long *fp, uint64_t *ips, unsigned int max,
		  boolean_t *user)
{
  const unsigned long *saved = NULL;
  unsigned int n = 0;

  do
    {
      n += stack_frames (int_stack_base[cpu_this ()], fp, ips + n, max - n,
			 &saved);
      if (saved == NULL)
	break;
      if ((saved[INTERRUPT_CS] & CS_RING) != 0)
	{
	  *user = TRUE;
	  break;
	}
      if (n < max)
	ips[n++] = saved[INTERRUPT_IP];
      if (n < max)
	n += frameless_caller (saved[INTERRUPT_IP], interrupted_sp (saved),
			       ips + n);
    }
  while (n < max && in_stack (int_stack_base[cpu_this ()], *fp, 2));
  return n;
}

unsigned int
callchain_kernel (const struct pmu_regs *regs, uint64_t *ips,
		  unsigned int max, struct pmu_regs *user,
		  boolean_t *has_user)
{
  const struct thread *thread = percpu_array[cpu_this ()].active_thread;
  unsigned long stack = percpu_array[cpu_this ()].active_stack;
  unsigned long fp = regs->fp;
  boolean_t fp_is_users = FALSE;
  unsigned int n = 0;

  ips[n++] = regs->ip;
  if (n < max)
    n += frameless_caller (regs->ip, regs->sp, ips + n);
  if (n < max && in_stack (int_stack_base[cpu_this ()], fp, 2))
    n += interrupt_frames (&fp, ips + n, max - n, &fp_is_users);
  if (n < max && ! fp_is_users && in_stack (stack, fp, 2))
    n += stack_frames (stack, &fp, ips + n, max - n, NULL);

  *has_user = thread != NULL && thread->task != kernel_task
	      && thread->pcb != NULL;
  if (*has_user)
    {
      callchain_user_regs (thread, user);
      /* Further in than a stub, the first frame has the frame pointer of the
	 thread that entered the kernel: after a stack hand-off another one. */
      if (fp_is_users)
	user->fp = fp;
      else if (regs->fp < KERNEL_BASE && regs->fp != 0)
	stub_user_regs (regs, user);
    }
  return n;
}

/* As frameless_return, of user code. */
static int
user_frameless_return (const struct thread *thread, unsigned long ip)
{
  unsigned long offset = ip % PAGE_SIZE;
  const char *view;

  view = user_page (thread, ip - offset);
  if (view == NULL)
    return -1;
  return frameless_return ((const unsigned char *) view + offset, offset);
}

/* Store return addresses from the frame at *fp on, as long as its frames
   lie in the page that view shows; *fp is then the first that does not, or 0
   at the end.  Answer how many. */
static inline unsigned int
user_frames (const char *view, unsigned long *fp, uint64_t *ips,
	     unsigned int max)
{
  unsigned long at = *fp, next;
  const unsigned long *frame;
  unsigned int n = 0;

  do
    {
      frame = (const unsigned long *) (view + at % PAGE_SIZE);
      next = frame[FRAME_SAVED];
      ips[n] = frame[FRAME_RETURN];
      if (ips[n] == 0)
	{
	  next = 0;
	  break;
	}
      n++;
      if (next <= at || next % WORD != 0)
	{
	  next = 0;		/* frames only go up */
	  break;
	}
      if ((next ^ at) >= PAGE_SIZE || next % PAGE_SIZE == PAGE_SIZE - WORD)
	break;
      at = next;
    }
  while (n < max);
  *fp = next;
  return n;
}

unsigned int
callchain_user (const struct thread *thread, const struct pmu_regs *user,
		uint64_t *ips, unsigned int max)
{
  struct user_window window = { thread, 0, NULL };
  unsigned long fp = user->fp, next, back;
  unsigned int n = 0;
  int above;

  ips[n++] = user->ip;
  above = user_frameless_return (thread, user->ip);
  if (above >= 0 && n < max
      && user_read (&window, user->sp + above * WORD, &back))
    ips[n++] = back;
  while (n < max && fp != 0 && user_read (&window, fp, &next))
    if (fp % PAGE_SIZE != PAGE_SIZE - WORD)
      n += user_frames (window.view, &fp, ips + n, max - n);
    else
      {
	/* A frame on two pages. */
	if (! user_read (&window, fp + WORD, &back) || back == 0)
	  break;
	ips[n++] = back;
	fp = next > fp ? next : 0;
      }
  return n;
}

boolean_t
callchain_interrupted (struct pmu_regs *regs)
{
  unsigned long fp = (unsigned long) __builtin_frame_address (0);
  const unsigned long *saved = NULL;

  while (on_stack (fp, 2))
    {
      saved = interrupt_registers (fp);
      fp = *(const unsigned long *) fp;
      if (saved != NULL)
	break;
    }
  if (saved == NULL)
    return FALSE;
  regs->ip = saved[INTERRUPT_IP];
  regs->flags = saved[INTERRUPT_FLAGS];
  regs->fp = fp;
  regs->user = (saved[INTERRUPT_CS] & CS_RING) != 0;
  regs->sp = interrupted_sp (saved);
  regs->saved = NULL;
  return TRUE;
}
