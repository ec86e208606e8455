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

	.globl	earlier_nmi
	.type	earlier_nmi, @function
earlier_nmi:
	incq	earlier_nmis
	iretq
	.size	earlier_nmi, . - earlier_nmi

	.section .note.GNU-stack, "", @progbits
