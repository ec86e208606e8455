/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What another processor runs, in real mode, from where it is copied to. */
	.globl	other_start, other_end
	.code16
other_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	cmpl	$0, 0x9000
	jne	1f
	movl	$0xc1, %ecx
	movl	$1000, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$0x186, %ecx
	movl	$0x4300c0, %eax
	wrmsr
	jmp	2f
1:	movl	$0x186, %ecx
	rdmsr
	movl	%eax, 0x9004
	movl	$0xc1, %ecx
	rdmsr
	movl	%eax, 0x9008
2:	incl	0x9000
3:	hlt
	jmp	3b
other_end:
	.code32
	.section .note.GNU-stack, "", @progbits
