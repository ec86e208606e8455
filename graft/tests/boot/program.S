/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first task: it only runs. */
	.globl	_start
	.type	_start, @function
_start:
	jmp	_start
	.size	_start, . - _start
	.section .note.GNU-stack, "", @progbits
