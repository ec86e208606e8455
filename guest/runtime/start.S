/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a task begins.  The frame pointer is 0 here, so every callchain by
 * frame pointers ends with the return address into _start.
 */
	.text
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
#ifdef __x86_64__
	.cfi_undefined %rip		/* nobody called */
	xorl	%ebp, %ebp
	movl	%edi, %esi		/* the agent's port */
	movq	%rsp, %rdi		/* argc, argv, envp */
	andq	$-16, %rsp
#else
	.cfi_undefined %eip
	xorl	%ebp, %ebp
	movl	%esp, %eax		/* argc, argv, envp */
	andl	$-16, %esp
	subl	$8, %esp		/* as the call leaves it aligned */
	pushl	%edi			/* the agent's port */
	pushl	%eax
#endif
	call	task_start
	ud2				/* task_start does not return */
	.cfi_endproc
	.size	_start, . - _start

/* PERF_NOTE_TASK of <mach/perf_stream.h>: this may run as a Mach task. */
	.section .note.machperf, "a", @note
	.balign	4
	.long	2f - 1f			/* name size */
	.long	4f - 3f			/* descriptor size */
	.long	1			/* PERF_NOTE_TASK */
1:	.asciz	"machperf"
2:	.balign	4
3:	.long	1			/* PERF_STREAM_VERSION */
4:	.balign	4

	.section .note.GNU-stack, "", @progbits
