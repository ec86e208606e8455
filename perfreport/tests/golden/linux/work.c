/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the recordings beside this file are of, without a C library and for
 * 64 and 32 bits: a task that names itself, forks, calls the kernel, touches
 * fresh pages and recurses.  record.py builds it.
 */
#if defined(__x86_64__)
enum {
	SYS_write = 1,
	SYS_fork = 57,
	SYS_exit = 60,
	SYS_wait4 = 61,
	SYS_getppid = 110,
	SYS_prctl = 157
};

static long call(long number, long a, long b, long c)
{
	register long d __asm__("r10") = 0;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(d)
			 : "rcx", "r11", "memory");
	return result;
}
#else
enum {
	SYS_exit = 1,
	SYS_fork = 2,
	SYS_write = 4,
	SYS_getppid = 64,
	SYS_wait4 = 114,
	SYS_prctl = 172
};

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0)
			 : "memory");
	return result;
}
#endif

static volatile unsigned long sink;
static char pages[64 << 12];

__attribute__((noinline)) static void leaf(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
	__asm__ volatile("");
}

__attribute__((noinline)) void recurse(int depth)
{
	leaf(150000);
	if (depth > 0)
		recurse(depth - 1);
	__asm__ volatile("");
}

__attribute__((noinline, weak)) void parent_work(void)
{
	for (int i = 0; i < 5; i++)
		recurse(3);
	__asm__ volatile("");
}

__attribute__((noinline)) void ask_kernel(void)
{
	for (int i = 0; i < 6000; i++)
		call(SYS_getppid, 0, 0, 0);
	__asm__ volatile("");
}

__attribute__((noinline)) void child_work(void)
{
	for (unsigned long i = 0; i < sizeof pages; i += 4096)
		pages[i] = 1;
	ask_kernel();
	leaf(1500000);
	__asm__ volatile("");
}

void start_here(void)
{
	call(SYS_prctl, 15 /* PR_SET_NAME */, (long)"parent task", 0);
	if (call(SYS_fork, 0, 0, 0) == 0) {
		call(SYS_prctl, 15, (long)"child; <task>", 0);
		child_work();
	} else {
		parent_work();
		call(SYS_wait4, -1, 0, 0);
	}
	call(SYS_exit, 0, 0, 0);
}

#if defined(__x86_64__)
__asm__(".globl _start\n.type _start, @function\n_start:\n"
	"	.cfi_startproc\n	.cfi_undefined rip\n"
	"	xor %ebp, %ebp\n	call start_here\n	hlt\n	.cfi_endproc\n.size "
	"_start, . - _start\n");
#else
__asm__(".globl _start\n.type _start, @function\n_start:\n"
	"	.cfi_startproc\n	.cfi_undefined eip\n"
	"	xor %ebp, %ebp\n	and $-16, %esp\n	call start_here\n	hlt\n	"
	".cfi_endproc\n.size _start, . - _start\n");
#endif
