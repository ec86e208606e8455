/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start of a bare-metal test image, its interrupt entries, and the pieces of
 * code whose instructions are counted.
 */
#define MSR_PMC0	0xc1
#define MSR_GLOBAL_CTRL	0x38f

#define USER_CS		(0x18 | 3)
#define USER_DS		(0x20 | 3)

	.section .multiboot, "a"
	.align	4
	.long	0x1badb002, 0, -0x1badb002

	.text
	.globl	start
start:
	cld
	movl	$stack_top, %esp
	call	bare_main
1:	cli
	hlt
	jmp	1b

/* void measure (void (*code) (void), uint32_t arg, uint32_t counters);
   Counts call, the code (arg in %edi), and the four instructions up to the
   wrmsr that stops: five more than the code itself. */
	.p2align 6
	.globl	measure
measure:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	20(%esp), %ebx
	movl	24(%esp), %edi
	movl	28(%esp), %eax
	xorl	%edx, %edx
	movl	$MSR_GLOBAL_CTRL, %ecx
	wrmsr
	call	*%ebx
	xorl	%eax, %eax
	xorl	%edx, %edx
	movl	$MSR_GLOBAL_CTRL, %ecx
	wrmsr
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	ret

/* One instruction. */
	.globl	code_empty
code_empty:
	ret

/* 2 arg + 2 instructions, arg + 1 branches. */
	.globl	code_loop
code_loop:
	movl	%edi, %ecx
1:	decl	%ecx
	jnz	1b
	ret

/* 4001 instructions of a byte each, 63 lines of one page. */
	.p2align 12
	.globl	code_slide
code_slide:
	.rept	4000
	nop
	.endr
	ret

/* An instruction that cannot be executed, and its handler's three. */
	.globl	code_fault
code_fault:
	ud2
	ret
	.globl	entry_ud
entry_ud:
	incl	faults
	addl	$2, (%esp)
	iretl

/* A load and a store of ten bytes that a helper of the emulator makes. */
	.globl	code_x87, code_x87_load
code_x87:
	fldt	x87
code_x87_load:
	fstpt	x87 + 64
	ret

/* A trap within the kernel: a frame of three words. */
	.globl	code_trap
code_trap:
	int	$0x81
	ret
	.globl	entry_trap
entry_trap:
	iretl

/* Four instructions, arg repeats. */
	.globl	code_rep
code_rep:
	movl	%edi, %ecx
	movl	$buffer, %edi
	rep stosb
	ret

/* arg loads, one a cache line: 4 arg + 3 instructions. */
	.p2align 6
	.globl	code_touch
code_touch:
	movl	$buffer, %esi
	movl	%edi, %ecx
1:	movb	(%esi), %al
	addl	$64, %esi
	decl	%ecx
	jnz	1b
	ret

/* As code_touch, with the load in the middle of a long block: what is charged
   to an instruction is not charged to its block. */
	.globl	code_block, code_block_load
code_block:
	movl	$buffer, %esi
	movl	%edi, %ecx
1:	.rept	20
	nop
	.endr
	addb	%al, (%esi)
code_block_load:
	.rept	20
	nop
	.endr
	addl	$64, %esi
	decl	%ecx
	jnz	1b
	ret

/* arg loads and stores by LOCKed instructions and exchanges, all on the
   buffer's first line: 6 arg + 2 instructions, 4 loads and 4 stores a round. */
	.globl	code_lock
code_lock:
	movl	%edi, %ecx
1:	lock incl buffer
	xchgl	%eax, buffer
	lock xaddl %eax, buffer
	lock cmpxchgl %edx, buffer
	decl	%ecx
	jnz	1b
	ret

/* Branches on the bits of a linear congruential generator: 7 arg + 3
   instructions less one for each branch taken. */
	.globl	code_random
code_random:
	movl	$1, %eax
	movl	%edi, %ecx
1:	imull	$1664525, %eax, %eax
	addl	$1013904223, %eax
	testl	%eax, %eax
	js	2f
	nop
2:	decl	%ecx
	jnz	1b
	ret

/* Run arg rounds in user mode: 2 arg + 2 instructions there, the last of them
   the trap that comes back. */
	.globl	code_user
code_user:
	movl	%esp, kernel_esp
	pushl	$USER_DS
	pushl	$user_stack_top
	pushl	$0x2
	pushl	$USER_CS
	pushl	$user_loop
	iretl
	.globl	user_loop
user_loop:
	movl	%edi, %ecx
1:	decl	%ecx
	jnz	1b
	int	$0x80
	.globl	entry_user_done
entry_user_done:
	movl	kernel_esp, %esp
	ret

/* The overflow interrupt.  Seven instructions are counted going in, before
   the counter is written again, and four coming out after it. */
	.globl	entry_nmi
entry_nmi:
	pushl	%eax
	pushl	%ecx
	pushl	%edx
	movl	$MSR_GLOBAL_CTRL, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	pushl	12(%esp)
	call	on_overflow
	addl	$4, %esp
	movl	$MSR_PMC0, %ecx
	movl	reload, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$MSR_GLOBAL_CTRL, %ecx
	movl	reenable, %eax
	wrmsr
	popl	%edx
	popl	%ecx
	popl	%eax
	iretl

	.globl	entry_vector
entry_vector:
	pushl	%eax
	pushl	%ecx
	pushl	%edx
	call	on_vector
	popl	%edx
	popl	%ecx
	popl	%eax
	iretl

/* #GP at a two-byte instruction (wrmsr, rdmsr, rdpmc): skip it. */
	.globl	entry_gp
entry_gp:
	incl	faults
	addl	$2, 4(%esp)
	addl	$4, %esp
	iretl

	.bss
	.align	4096
x87:	.skip	4096
	.globl	buffer
buffer:	.skip	262144
	.skip	4096
stack_top:
	.skip	4096
user_stack_top:
kernel_esp:
	.skip	4
	.section .note.GNU-stack, "", @progbits
