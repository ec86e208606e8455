/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traps of GNU Mach on x86: the number in %eax.  Each stub has a frame,
 * so that a callchain taken in the kernel names the stub and its caller.
 */
	.text

#ifdef __x86_64__
/* Arguments as in C but the fourth in %r10, those from the seventh on above
   a return address on the stack; at most seven. */
	.macro	trap name, number, arguments
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	.if	\arguments > 6
	pushq	16(%rbp)		/* the seventh */
	pushq	$0			/* where a return address would be */
	.endif
	movl	$\number, %eax
	movq	%rcx, %r10
	syscall
	.if	\arguments > 6
	leave
	.else
	popq	%rbp
	.endif
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	\name, . - \name
	.endm
#else
/* Arguments as in C, above a return address. */
	.macro	trap name, number, arguments
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	pushl	%ebp
	.cfi_def_cfa_offset 8
	.cfi_offset %ebp, -8
	movl	%esp, %ebp
	.cfi_def_cfa_register %ebp
	.rept	\arguments		/* from the last on, as far away each */
	pushl	4 * \arguments + 4(%esp)
	.endr
	pushl	$0			/* where a return address would be */
	movl	$\number, %eax
	lcall	$7, $0
	leave
	.cfi_def_cfa %esp, 4
	ret
	.cfi_endproc
	.size	\name, . - \name
	.endm
#endif

	trap	mach_reply_port, -26, 0
	trap	mach_thread_self, -27, 0
	trap	mach_task_self, -28, 0
	trap	mach_host_self, -29, 0
	trap	mach_print, -30, 1
	trap	thread_switch, -61, 3
	trap	syscall_vm_allocate, -65, 4
	trap	syscall_vm_deallocate, -66, 3
	trap	syscall_task_terminate, -69, 1
	trap	syscall_mach_port_deallocate, -73, 2
	trap	mach_msg_trap, -25, 7

	.section .note.GNU-stack, "", @progbits
