/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traps of GNU Mach on x86-64: number in %eax, arguments as in C but
 * the fourth in %r10, those from the seventh on above a return address on
 * the stack.  Each stub has a frame, so that a callchain taken in the
 * kernel names the stub and its caller.
 */
	.text

	.macro	trap name, number
	.globl	\name
	.type	\name, @function
\name:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	movl	$\number, %eax
	movq	%rcx, %r10
	syscall
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	\name, . - \name
	.endm

	trap	mach_reply_port, -26
	trap	mach_thread_self, -27
	trap	mach_task_self, -28
	trap	mach_host_self, -29
	trap	mach_print, -30
	trap	thread_switch, -61
	trap	syscall_vm_allocate, -65
	trap	syscall_vm_deallocate, -66
	trap	syscall_task_terminate, -69
	trap	syscall_mach_port_deallocate, -73

	.globl	mach_msg_trap
	.type	mach_msg_trap, @function
mach_msg_trap:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	16(%rbp)		/* the seventh argument */
	pushq	$0			/* where a return address would be */
	movl	$-25, %eax
	movq	%rcx, %r10
	syscall
	leave
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	mach_msg_trap, . - mach_msg_trap

	.section .note.GNU-stack, "", @progbits
