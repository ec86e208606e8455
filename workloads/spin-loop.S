/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of spin whose instructions are counted on. */
	.text

/*
 * uint64_t spin_number (const char *text): the number TEXT is, 0 if it is
 * none of at most ten digits.  Seven instructions for each of ten places,
 * whether a digit stands there or not.
 */
	.globl	spin_number
	.type	spin_number, @function
spin_number:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	xorl	%edx, %edx		/* the value so far */
	.rept	10
	movzbl	(%rdi), %eax
	subl	$'0', %eax
	leaq	(%rdx,%rdx,4), %rcx
	leaq	(%rax,%rcx,2), %rcx	/* the value with this digit */
	cmpl	$10, %eax		/* carry: it is a digit */
	cmovbq	%rcx, %rdx
	adcq	$0, %rdi
	.endr
	xorl	%eax, %eax
	cmpb	$0, (%rdi)
	cmoveq	%rdx, %rax
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	spin_number, . - spin_number

/* void spin_loop (uint64_t n): ten instructions, n times. */
	.globl	spin_loop
	.type	spin_loop, @function
spin_loop:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
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
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	spin_loop, . - spin_loop

	.section .note.GNU-stack, "", @progbits
