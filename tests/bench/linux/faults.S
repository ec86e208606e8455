/* SPDX-License-Identifier: GPL-2.0-or-later */
/* void faults (uint64_t n): touch n pages once each: fresh ones, or with
   POPULATE ones that mmap has brought in already. */
#if POPULATE
#define FLAGS 0x8022
#else
#define FLAGS 0x22
#endif

	.text
	.globl	faults
	.type	faults, @function
faults:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	movq	%rdi, %r12
	movl	$9, %eax		/* mmap */
	xorl	%edi, %edi
	movq	%r12, %rsi
	shlq	$12, %rsi
	movl	$3, %edx		/* read, write */
	movl	$FLAGS, %r10d		/* private, anonymous */
	movq	$-1, %r8
	xorl	%r9d, %r9d
	syscall
	movq	%rax, %rbx
	movl	$28, %eax		/* madvise */
	movq	%rbx, %rdi
	movq	%r12, %rsi
	shlq	$12, %rsi
	movl	$15, %edx		/* no huge pages: each one faults */
	syscall
1:	movb	$1, (%rbx)
	addq	$4096, %rbx
	decq	%r12
	jnz	1b
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	faults, . - faults

	.section .note.GNU-stack, "", @progbits
