/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of spin whose instructions are counted on. */
	.text

/*
 * unsigned long spin_number (const char *text): the number TEXT is, 0 if it is
 * none of at most ten digits (nine on i386).  Seven instructions for each of
 * these places, whether a digit stands there or not.
 */
	.globl	spin_number
	.type	spin_number, @function
spin_number:
	.cfi_startproc
#ifdef __x86_64__
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
#else
	pushl	%ebp
	.cfi_def_cfa_offset 8
	.cfi_offset %ebp, -8
	movl	%esp, %ebp
	.cfi_def_cfa_register %ebp
	pushl	%edi
	.cfi_offset %edi, -12
	movl	8(%ebp), %edi
	xorl	%edx, %edx		/* as above */
	.rept	9
	movzbl	(%edi), %eax
	subl	$'0', %eax
	leal	(%edx,%edx,4), %ecx
	leal	(%eax,%ecx,2), %ecx
	cmpl	$10, %eax
	cmovbl	%ecx, %edx
	adcl	$0, %edi
	.endr
	xorl	%eax, %eax
	cmpb	$0, (%edi)
	cmovel	%edx, %eax
	popl	%edi
	.cfi_restore %edi
	popl	%ebp
	.cfi_def_cfa %esp, 4
#endif
	ret
	.cfi_endproc
	.size	spin_number, . - spin_number

/* void spin_loop (unsigned long n): ten instructions, n times. */
	.globl	spin_loop
	.type	spin_loop, @function
spin_loop:
	.cfi_startproc
#ifdef __x86_64__
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
#else
	pushl	%ebp
	.cfi_def_cfa_offset 8
	.cfi_offset %ebp, -8
	movl	%esp, %ebp
	.cfi_def_cfa_register %ebp
	movl	8(%ebp), %edx
	xorl	%eax, %eax
	.balign	16
1:	addl	$3, %eax
	roll	$5, %eax
	xorl	%edx, %eax
	leal	(%eax,%eax,2), %ecx
	addl	%ecx, %eax
	rorl	$7, %ecx
	xorl	%ecx, %eax
	addl	$1, %ecx
	subl	$1, %edx
	jnz	1b
	popl	%ebp
	.cfi_def_cfa %esp, 4
#endif
	ret
	.cfi_endproc
	.size	spin_loop, . - spin_loop

	.section .note.GNU-stack, "", @progbits
