/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops of known length, and a handler of NMIs; see probe.h. */

	.text
	.globl	loop_first, loop_second, loop_end
	.type	loop_first, @function
loop_first:
	decq	%rdi
	jnz	loop_first
	ret
	.size	loop_first, . - loop_first
	.type	loop_second, @function
loop_second:
	decq	%rdi
	jnz	loop_second
	ret
	.size	loop_second, . - loop_second
loop_end:

	.globl	loop_walk
	.type	loop_walk, @function
loop_walk:
	movl	$12345, %eax
1:	movq	(%rsi), %rdx
	movq	%rdx, -8(%rsp)
	addq	$4160, %rsi
	imulq	$0x41c64e6d, %rax
	addq	$12345, %rax
	btq	$40, %rax
	jc	2f
2:	decq	%rdi
	jnz	1b
	ret
	.size	loop_walk, . - loop_walk

	.globl	loop_pages
	.type	loop_pages, @function
	.balign	64
loop_pages:
	.rept	80
	jmp	1f
	.skip	4091, 0xcc
1:
	.endr
	decq	%rdi
	jnz	loop_pages
	ret
	.size	loop_pages, . - loop_pages

	.globl	earlier_nmi
	.type	earlier_nmi, @function
earlier_nmi:
	incq	earlier_nmis
	iretq
	.size	earlier_nmi, . - earlier_nmi

	.section .note.GNU-stack, "", @progbits
