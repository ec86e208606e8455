/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux program of known length: LOOPS iterations of two instructions,
   then exit (0).  No library, so that nothing else runs in user mode. */
	.globl	_start
	.text
_start:
	movl	$LOOPS, %ecx
1:	decl	%ecx
	jnz	1b
	movl	$60, %eax
	xorl	%edi, %edi
	syscall
	.section .note.GNU-stack, "", @progbits
