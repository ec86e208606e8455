/* SPDX-License-Identifier: GPL-2.0-or-later */
/* void calls (uint64_t n): n system calls that do next to nothing. */
	.text
	.globl	calls
	.type	calls, @function
calls:
	pushq	%rbp
	movq	%rsp, %rbp
1:	movl	$110, %eax		/* getppid */
	syscall
	decq	%rdi
	jnz	1b
	popq	%rbp
	ret
	.size	calls, . - calls

	.section .note.GNU-stack, "", @progbits
