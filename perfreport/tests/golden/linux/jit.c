/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that makes code at run time, without a C library: a loop, what
 * calls it, and a loop that its map of symbols leaves out.  record.py builds
 * it; x86-64 only.
 */
enum { SYS_write = 1, SYS_open = 2, SYS_mmap = 9, SYS_getpid = 39, SYS_exit = 60 };

#define CODE 0x10000000L

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = -1, r9 __asm__("r9") = 0;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static volatile unsigned long sink;

/* Its own samples, without which perf keeps no build-id of it. */
__attribute__((noinline)) static void leaf(void)
{
	for (unsigned long i = 0; i < 150000; i++)
		sink += i * i;
	__asm__ volatile("");
}

/* push %rbp, mov %rsp, %rbp, then count ecx down; pop %rbp, ret */
static const unsigned char loop[] = {0x55, 0x48, 0x89, 0xe5, 0xb9, 0,	 0,   0x10,
				     0,	   0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3};
/* likewise, but call what begins 64 bytes before it */
static const unsigned char caller[] = {0x55, 0x48, 0x89, 0xe5, 0xe8, 0xb7,
				       0xff, 0xff, 0xff, 0x5d, 0xc3};

static void put(long at, const unsigned char *bytes, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		((volatile unsigned char *)at)[i] = bytes[i];
}

static void write_map(void)
{
	static const char map[] = "10000000 f inner<int>(a, b)\n"
				  "no symbol\n"
				  "0x10000040 0xb LazyCompile:~outer file.js:3\n";
	char path[32] = "/tmp/perf-", digits[20];
	long pid = call(SYS_getpid, 0, 0, 0, 0), file;
	int nr = 0, to = 10;

	for (; pid; pid /= 10)
		digits[nr++] = '0' + pid % 10;
	while (nr)
		path[to++] = digits[--nr];
	for (const char *end = ".map"; *end; end++)
		path[to++] = *end;
	file = call(SYS_open, (long)path, 0101 /* O_CREAT, O_WRONLY */, 0644, 0);
	call(SYS_write, file, (long)map, sizeof map - 1, 0);
}

void start_here(void)
{
	call(SYS_mmap, CODE, 4096, 7 /* all rights */, 0x32 /* private, here, anonymous */);
	put(CODE, loop, sizeof loop);
	put(CODE + 64, caller, sizeof caller);
	put(CODE + 128, loop, sizeof loop);
	write_map();
	for (int i = 0; i < 10; i++) {
		((void (*)(void))(CODE + 64))();
		((void (*)(void))(CODE + 128))();
		leaf();
	}
	call(SYS_exit, 0, 0, 0, 0);
}

__asm__(".globl _start\n.type _start, @function\n_start:\n"
	"	.cfi_startproc\n	.cfi_undefined rip\n"
	"	xor %ebp, %ebp\n	call start_here\n	hlt\n	.cfi_endproc\n.size "
	"_start, . - _start\n");
