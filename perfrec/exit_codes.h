/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How perfrec says what went wrong: one line on stderr and an exit code of
 * its own for each kind of trouble.  Codes below 64 are the workload's.
 */
#ifndef PERFREC_EXIT_CODES_H
#define PERFREC_EXIT_CODES_H

enum exit_code {
	EXIT_GOOD = 0,
	EXIT_USAGE = 64,
	EXIT_UNKNOWN_EVENT = 65,
	EXIT_UNSUPPORTED_EVENT = 66,
	EXIT_PERIOD = 67,	    /* below the PMU's minimum */
	EXIT_NO_WORKLOAD = 68,	    /* no such file */
	EXIT_NOT_ELF = 69,	    /* not a program at all */
	EXIT_NOT_TASK = 70,	    /* a program, but not for Mach */
	EXIT_NO_IMAGE = 71,	    /* kernel or agent missing or unusable */
	EXIT_NO_EMULATOR = 72,	    /* missing, or it does not start */
	EXIT_OUTPUT = 73,	    /* the recording cannot be written */
	EXIT_NO_INTERFACE = 74,	    /* the kernel has no perf interface */
	EXIT_PANIC = 75,	    /* the guest's kernel panicked */
	EXIT_HANG = 76,		    /* the guest did not come to an end in time */
	EXIT_SESSION = 77,	    /* agent or emulator failed, or sent nonsense */
	EXIT_UNSUPPORTED = 78,	    /* an option this kernel cannot do */
	EXIT_HOST = 79,		    /* the host is out of memory, processes, ... */
	EXIT_WORKLOAD_CRASHED = 80, /* by a Mach exception; the recording is kept */
	EXIT_NO_ACCELERATOR = 81,   /* --accel kvm, and this host's KVM has no counters */
	EXIT_SIGNAL = 128,	    /* plus the signal's number */
};

/* Print "perfrec: ", the text and a newline on stderr; returns code. */
int fail(enum exit_code code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same without an exit code. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* PERFREC_EXIT_CODES_H */
