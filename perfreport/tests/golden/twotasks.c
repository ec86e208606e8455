/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the recordings beside this file are of: a task that names itself,
 * forks, and works in both tasks, without a C library.  make.sh builds it.
 */
enum { SYS_write = 1, SYS_fork = 57, SYS_exit = 60, SYS_wait4 = 61, SYS_prctl = 157 };

static volatile unsigned long sink;
static char pages[1 << 20];

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

__attribute__((noinline)) static void leaf(unsigned long n)
{
	/* A frame of its own, which gcc saves itself in leaf functions. */
	sink = (unsigned long)__builtin_frame_address(0);
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
}

__attribute__((noinline)) void recurse(int depth)
{
	leaf(1200000);
	if (depth > 0)
		recurse(depth - 1);
	__asm__ volatile("");
}

__attribute__((noinline, weak)) void parent_work(void)
{
	for (int i = 0; i < 60; i++)
		recurse(3);
	__asm__ volatile("");
}

__attribute__((noinline)) void child_work(void)
{
	for (unsigned long i = 0; i < sizeof pages; i += 4096)
		pages[i] = 1;
	for (int i = 0; i < 60; i++)
		leaf(3000000);
	__asm__ volatile("");
}

void start_here(void)
{
	call(SYS_prctl, 15 /* PR_SET_NAME */, (long)"parent task", 0, 0);
	if (call(SYS_fork, 0, 0, 0, 0) == 0) {
		call(SYS_prctl, 15, (long)"child; <task>", 0, 0);
		child_work();
	} else {
		parent_work();
		call(SYS_wait4, -1, 0, 0, 0);
	}
	call(SYS_exit, 0, 0, 0, 0);
}

__asm__(".globl _start\n.type _start, @function\n_start:\n"
	"	xor %ebp, %ebp\n	call start_here\n	hlt\n.size _start, . - _start\n");
