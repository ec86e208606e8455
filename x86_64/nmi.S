/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where NMIs enter a 64-bit kernel; on a stack of their own (nmi.c).
 *
 * On entry, from the stack pointer up: ip, cs, flags, sp, ss as the
 * processor pushed them, then the CPU's number.  %gs is not touched: it may
 * be the user's.
 */

#define SAVED		(14 * 8)	/* registers pushed below */
#define KEPT		(5 * 8)		/* of them: what C code keeps */
#define FRAME_IP	(SAVED + 0)
#define FRAME_CS	(SAVED + 8)
#define FRAME_FLAGS	(SAVED + 16)
#define FRAME_SP	(SAVED + 24)
#define FRAME_CPU	(SAVED + 40)

#define CS_RPL		3		/* privilege of the interrupted code */
#define FRAME_NOT_OURS	(6 * 8)		/* in struct x86_pmu_frame */

/* What `interrupt' is called with for deferred work: no vector. */
#define DEFERRED	0x100

	/* What C code may change, besides %rax, %rcx and %rdx. */
	.macro	PUSH_REST
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	.endm

	.macro	POP_REST
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	.endm

	/* Write the register that governs all counters, if there is one, with
	   %edx:%eax; changes %rcx. */
	.macro	WRITE_GLOBAL
	movl	pmi_global_msr, %ecx
	jrcxz	9f
	wrmsr
9:
	.endm

	.text
	.globl	pmi_nmi_entry
	.type	pmi_nmi_entry, @function
pmi_nmi_entry:
	/* Stop the counters before anything else is counted. */
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	xorl	%eax, %eax
	xorl	%edx, %edx
	WRITE_GLOBAL
	PUSH_REST
	/* C code keeps these; they are here to be looked at (registers.c). */
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rax
	movl	FRAME_CS(%rax), %ecx
	andl	$CS_RPL, %ecx
	/* struct x86_pmu_frame, its last member first */
	pushq	%rdx			/* not_ours */
	pushq	%rax			/* saved */
	pushq	%rcx			/* user */
	pushq	FRAME_FLAGS(%rax)
	pushq	%rbp			/* fp */
	pushq	FRAME_SP(%rax)
	pushq	FRAME_IP(%rax)
	movq	%rsp, %rsi
	movl	FRAME_CPU(%rax), %edi
	call	x86_pmu_interrupt
	movq	FRAME_NOT_OURS(%rsp), %rdx
	addq	$(FRAME_NOT_OURS + 8 + KEPT), %rsp
	testq	%rdx, %rdx
	jnz	pmi_nmi_unknown
pmi_nmi_return:
	POP_REST
	movq	%rax, %rdx
	shrq	$32, %rdx
	WRITE_GLOBAL
	popq	%rdx
	popq	%rcx
	popq	%rax
	iretq

	/* Not ours: to whoever had the gate before us, as if he had it. */
pmi_nmi_unknown:
	cmpq	$0, pmi_next_nmi
	je	pmi_nmi_return
	POP_REST
	movq	%rax, %rdx
	shrq	$32, %rdx
	WRITE_GLOBAL
	popq	%rdx
	popq	%rcx
	popq	%rax
	jmpq	*pmi_next_nmi
	.size	pmi_nmi_entry, . - pmi_nmi_entry

/* Deferred work goes the way of the kernel's device interrupts, with a number
   that no device has; pmi_interrupt () tells it from theirs.  The kernel's
   code sees to the stack, the nesting count, %gs and ASTs. */
	.globl	pmi_deferred_entry
	.type	pmi_deferred_entry, @function
pmi_deferred_entry:
	pushq	%rax
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
1:	subq	$16, %rsp
	call	pmi_deferred
	addq	$16, %rsp
	ret
	.size	pmi_interrupt, . - pmi_interrupt

	.section .note.GNU-stack, "", @progbits
