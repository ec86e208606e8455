/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where NMIs enter a 32-bit kernel, and the entry of deferred work.
 *
 * There is no interrupt stack table here: the processor pushes ip, cs, flags
 * (and, from user mode, sp and ss) on the stack in use, which may be a
 * thread's save area with little room below.  So nothing else is put there:
 * each CPU has an entry of its own, which keeps the stack pointer in a place
 * of that CPU and takes that CPU's NMI stack (nmi.c).  Another NMI waits for
 * the IRET.  %ss is the kernel's at this point, the other segments need not
 * be; %gs is not touched.
 *
 * At the bottom of the NMI stack: the interrupted stack pointer, then the
 * CPU's number.
 */

#define NMI_STACK_SIZE	8192		/* as in nmi.c */
#define NMI_BASE_SIZE	8

#define SAVED		(8 * 4)		/* registers pushed below */
#define BASE_SP		(SAVED + 0)
#define BASE_CPU	(SAVED + 4)

#define FRAME_IP	0		/* on the interrupted stack */
#define FRAME_CS	4
#define FRAME_FLAGS	8
#define FRAME_SP	12

#define CS_RPL		3		/* privilege of the interrupted code */
#define FRAME_NOT_OURS	(6 * 4)		/* in struct x86_pmu_frame */

#if KERNEL_SMP
#define NR_ENTRIES	8		/* PMU_MAX_CPUS */
#else
#define NR_ENTRIES	1
#endif

/* What `interrupt' is called with for deferred work: no vector. */
#define DEFERRED	0x100

	/* Write the register that governs all counters, if there is one, with
	   %edx:%eax; changes %ecx. */
	.macro	WRITE_GLOBAL
	movl	%ss:pmi_global_msr, %ecx
	jecxz	9f
	wrmsr
9:
	.endm

	.macro	RESTORE
	popl	%es
	popl	%ds
	popl	%edx
	popl	%ecx
	popl	%eax
	popl	%esp
	.endm

	.text
	.type	pmi_nmi_entry, @function
	.set	cpu, 0
	.rept	NR_ENTRIES
	.balign	32			/* ENTRY_SIZE of nmi.c */
	.if	cpu == 0
	.globl	pmi_nmi_entry
pmi_nmi_entry:
	.endif
	movl	%esp, %ss:pmi_nmi_stacks + (cpu + 1) * NMI_STACK_SIZE - NMI_BASE_SIZE
	movl	$pmi_nmi_stacks + (cpu + 1) * NMI_STACK_SIZE - NMI_BASE_SIZE, %esp
	jmp	nmi_common
	.set	cpu, cpu + 1
	.endr

	.balign	32
nmi_common:
	/* Stop the counters before anything else is counted. */
	pushl	%eax
	pushl	%ecx
	pushl	%edx
	xorl	%eax, %eax
	xorl	%edx, %edx
	WRITE_GLOBAL
	pushl	%ds
	pushl	%es
	movl	%ss, %eax
	movl	%eax, %ds
	movl	%eax, %es
	/* C code keeps these; they are here to be looked at (registers.c). */
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	cld
	movl	%esp, %edi		/* saved */
	movl	BASE_SP(%edi), %eax
	/* struct x86_pmu_frame, its last member first */
	pushl	%edx			/* not_ours */
	pushl	%edi			/* saved */
	movl	FRAME_CS(%eax), %edx
	andl	$CS_RPL, %edx
	pushl	%edx			/* user */
	pushl	FRAME_FLAGS(%eax)
	pushl	%ebp			/* fp */
	jz	1f			/* of andl; pushing leaves the flags */
	pushl	FRAME_SP(%eax)
	jmp	2f
1:	leal	FRAME_SP(%eax), %edx	/* not pushed, but there it was */
	pushl	%edx
2:	pushl	FRAME_IP(%eax)
	movl	%esp, %edx
	pushl	%edx
	pushl	BASE_CPU(%edi)
	call	x86_pmu_interrupt
	movl	8 + FRAME_NOT_OURS(%esp), %ecx
	addl	$8 + FRAME_NOT_OURS + 4, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	testl	%ecx, %ecx
	jnz	nmi_unknown
nmi_return:
	WRITE_GLOBAL
	RESTORE
	iret

	/* Not ours: to whoever had the gate before us, as if he had it. */
nmi_unknown:
	cmpl	$0, pmi_next_nmi
	je	nmi_return
	WRITE_GLOBAL
	RESTORE
	jmp	*%ss:pmi_next_nmi
	.size	pmi_nmi_entry, . - pmi_nmi_entry

/* Deferred work goes the way of the kernel's device interrupts, with a number
   that no device has; pmi_interrupt () tells it from theirs. */
	.globl	pmi_deferred_entry
	.type	pmi_deferred_entry, @function
pmi_deferred_entry:
	pushl	%eax
	movl	$DEFERRED, %eax
	jmp	all_intrs
	.size	pmi_deferred_entry, . - pmi_deferred_entry

/* wrap interrupt: its argument is in %eax.  The room is what interrupt keeps
   before it calls a handler, so that our frame looks like a handler's. */
	.globl	pmi_interrupt
	.type	pmi_interrupt, @function
pmi_interrupt:
	cmpl	$DEFERRED, %eax
	je	1f
	jmp	interrupt
1:	subl	$24, %esp
	call	pmi_deferred
	addl	$24, %esp
	ret
	.size	pmi_interrupt, . - pmi_interrupt

	.section .note.GNU-stack, "", @progbits
