/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that is compressed; the build says where the files are. */
	.section .rodata
	.globl	zlib_text, zlib_text_end
zlib_text:
	.incbin	"ChangeLog"
	.incbin	"FAQ"
	.incbin	"zlib.h"
	.incbin	"doc/algorithm.txt"
zlib_text_end:

	.section .note.GNU-stack, "", @progbits
