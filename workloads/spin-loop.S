/* SPDX-License-Identifier: GPL-2.0-or-later */
/* void spin_loop (uint64_t n): ten instructions, n times. */
	.text
	.globl	spin_loop
	.type	spin_loop, @function
spin_loop:
	pushq	%rbp
	movq	%rsp, %rbp
	xorl	%eax, %eax
	.balign	16
1:	addq	$3, %rax
	rolq	$5, %rax
	xorq	%rdi, %rax
	leaq	(%rax,%rax,2), %rcx
	addq	%rcx, %rax
	rorq	$7, %rcx
	xorq	%rcx, %rax
	addq	$1, %rcx
	subq	$1, %rdi
	jnz	1b
	popq	%rbp
	ret
	.size	spin_loop, . - spin_loop

	.section .note.GNU-stack, "", @progbits
