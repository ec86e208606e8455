/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux program that calls ROUTINE (N) and exits.  No library, so that
   nothing else runs in user mode; frame pointers, like our workloads. */
	.text
	.globl	_start
	.type	_start, @function
_start:
	xorl	%ebp, %ebp
	call	main
	movl	$60, %eax		/* exit */
	xorl	%edi, %edi
	syscall
	.size	_start, . - _start

	.globl	main
	.type	main, @function
main:
	pushq	%rbp
	movq	%rsp, %rbp
	movq	$N, %rdi
	call	ROUTINE
	popq	%rbp
	ret
	.size	main, . - main

	.section .note.GNU-stack, "", @progbits
