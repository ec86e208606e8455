/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls with known registers, and real functions that leave registers alone. */
#include "trampoline_test.h"

	.bss
	.balign	16
	.globl	call_function, call_args, call_result, call_frame, kept_before, kept_after
	.globl	real_args, real_calls, real_stack
call_function:	.zero	8	/* in: what to call */
call_args:	.zero	8 * MAX_ARGS
call_result:	.zero	8	/* in and out: the register of the result */
call_frame:	.zero	8	/* out: frame pointer before and after */
		.zero	8
kept_before:	.zero	8 * NR_KEPT
kept_after:	.zero	8 * NR_KEPT
real_args:	.zero	8 * MAX_ARGS
real_calls:	.zero	8
real_stack:	.zero	8	/* stack pointer at the call of the real function */

	.text
#if __x86_64__

	.macro	keep area
	mov	%rcx, \area + 0(%rip)
	mov	%rdx, \area + 8(%rip)
	mov	%rsi, \area + 16(%rip)
	mov	%rdi, \area + 24(%rip)
	mov	%r8, \area + 32(%rip)
	mov	%r9, \area + 40(%rip)
	mov	%r10, \area + 48(%rip)
	mov	%r11, \area + 56(%rip)
	mov	%r12, \area + 64(%rip)
	mov	%r13, \area + 72(%rip)
	mov	%r14, \area + 80(%rip)
	mov	%r15, \area + 88(%rip)
	mov	%rbx, \area + 96(%rip)
	.endm

	.globl	call_with_registers, call_return
	.type	call_with_registers, @function
call_with_registers:
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	.irp	n, 11, 10, 9, 8, 7, 6
	push	call_args + 8 * \n(%rip)
	.endr
	mov	call_args + 0(%rip), %rdi
	mov	call_args + 8(%rip), %rsi
	mov	call_args + 16(%rip), %rdx
	mov	call_args + 24(%rip), %rcx
	mov	call_args + 32(%rip), %r8
	mov	call_args + 40(%rip), %r9
	mov	$0x1010, %r10d
	mov	$0x1111, %r11d
	mov	$0x1212, %r12d
	mov	$0x1313, %r13d
	mov	$0x1414, %r14d
	mov	$0x1515, %r15d
	mov	$0xbbbb, %ebx
	mov	call_result(%rip), %rax
	mov	%rbp, call_frame(%rip)
	keep	kept_before
	call	*call_function(%rip)
call_return:
	keep	kept_after
	mov	%rax, call_result(%rip)
	mov	%rbp, call_frame + 8(%rip)
	lea	-40(%rbp), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	call_with_registers, . - call_with_registers

	.globl	ruin
	.type	ruin, @function
ruin:
	.irp	register, rcx, rdx, rsi, rdi, r8, r9, r10, r11
	mov	$-1, %\register
	.endr
	mov	$-2, %rax
	ret
	.size	ruin, . - ruin

	/* Notes all arguments there may be; changes no register but its result's. */
	.macro	real name, result
	.globl	\name
	.type	\name, @function
\name:
	push	%rax
	lea	16(%rsp), %rax
	mov	%rax, real_stack(%rip)
	mov	%rdi, real_args + 0(%rip)
	mov	%rsi, real_args + 8(%rip)
	mov	%rdx, real_args + 16(%rip)
	mov	%rcx, real_args + 24(%rip)
	mov	%r8, real_args + 32(%rip)
	mov	%r9, real_args + 40(%rip)
	.irp	n, 6, 7, 8, 9, 10, 11
	mov	16 + 8 * (\n - 6)(%rsp), %rax
	mov	%rax, real_args + 8 * \n(%rip)
	.endr
	incq	real_calls(%rip)
	pop	%rax
	.if	\result
	mov	$RESULT, %eax
	.endif
	ret
	.size	\name, . - \name
	.endm

#else

	.macro	keep area
	mov	%ecx, \area + 0
	mov	%edx, \area + 4
	mov	%esi, \area + 8
	mov	%edi, \area + 12
	mov	%ebx, \area + 16
	.endm

	.globl	call_with_registers, call_return
	.type	call_with_registers, @function
call_with_registers:
	push	%ebp
	mov	%esp, %ebp
	push	%ebx
	push	%esi
	push	%edi
	.irp	n, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0
	push	call_args + 4 * \n
	.endr
	mov	$0xcccc, %ecx
	mov	$0xdddd, %edx
	mov	$0x5151, %esi
	mov	$0xd1d1, %edi
	mov	$0xbbbb, %ebx
	mov	call_result, %eax
	mov	%ebp, call_frame
	keep	kept_before
	call	*call_function
call_return:
	keep	kept_after
	mov	%eax, call_result
	mov	%ebp, call_frame + 4
	lea	-12(%ebp), %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	ret
	.size	call_with_registers, . - call_with_registers

	.globl	ruin
	.type	ruin, @function
ruin:
	mov	$-1, %ecx
	mov	$-1, %edx
	mov	$-2, %eax
	ret
	.size	ruin, . - ruin

	.macro	real name, result
	.globl	\name
	.type	\name, @function
\name:
	push	%eax
	lea	8(%esp), %eax
	mov	%eax, real_stack
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	mov	8 + 4 * \n(%esp), %eax
	mov	%eax, real_args + 4 * \n
	.endr
	incl	real_calls
	pop	%eax
	.if	\result
	mov	$RESULT, %eax
	.endif
	ret
	.size	\name, . - \name
	.endm

#endif

	real	real_before, 1
	real	real_after0, 1
	real	real_after5, 1
	real	real_after6, 1
	real	real_after12, 1
	real	real_void, 0
	real	real_wrap9, 1

	.section .note.GNU-stack, "", @progbits
