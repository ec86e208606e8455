/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of perfrec record, and what it shares with perfrec stat. */
#ifndef PERFREC_OPTIONS_H
#define PERFREC_OPTIONS_H

#include <getopt.h>

#include "arch.h"
#include "events.h"
#include "layout.h"

#define LEAST_RING_SIZE 4096
#define LEAST_MEMORY	64  /* MiB; less does not hold kernel, agent and workload */
#define DEFAULT_MEMORY	128 /* the kernel clears tables for all there is before it starts */
#define SMP_MEMORY	512 /* with less Debian's kernel for several processors dies at its start */
#define MOST_MEMORY	2048
#define MOST_CPUS	8	  /* that Debian's kernels are built for */
#define MOST_RING_SIZE	(2 << 20) /* with its control page it fits the kernel's largest buffer */

enum accelerator {
	ACCEL_TCG, /* the emulated PMU: the same every time */
	ACCEL_KVM, /* the host's own */
};

enum callchain {
	CALLCHAIN_FP,	 /* by frame pointers, in the kernel */
	CALLCHAIN_DWARF, /* registers and stack, unwound later */
	CALLCHAIN_NO,
};

struct options {
	struct event_list events;
	bool counts_only;   /* no samples: what follows does not matter */
	uint64_t period;    /* events per sample, where an event has none of its own */
	uint64_t frequency; /* samples per second; 0: by period */
	enum callchain callchain;
	uint64_t stack_dump; /* bytes of the user's stack in a sample, of CALLCHAIN_DWARF */
	bool off_cpu;	     /* offcpu-time as the last event */
	bool system_wide;
	bool per_cpu;	       /* each CPU has counts of its own */
	bool per_thread;       /* each thread of the workload has */
	unsigned int interval; /* ms between looks at the counts; 0: one look, at the end */
	uint64_t ring_size;    /* bytes, a power of two */
	unsigned int budget;   /* percent of the guest's time for interrupts; 0: the kernel's */
	unsigned int timeout;  /* seconds of the host; 0: no limit */
	unsigned int silence;  /* seconds without a word before the agent starts; 0: no limit */
	enum accelerator accelerator;
	const char *event_texts[MAX_EVENTS]; /* as -e gave them */
	unsigned int nr_event_texts;
	const char *output;
	const struct arch *arch; /* NULL: that of the kernel */
	const char *emulator;	 /* NULL: search */
	const char *kernel;	 /* NULL: search */
	const char *model;	 /* geometry of the emulated PMU; NULL: the default */
	unsigned int cpus;	 /* of the machine */
	unsigned int memory;	 /* MiB of it; 0: the default */
	const char *buildid_dir; /* NULL: the default */
	bool no_buildid_cache;
	bool quiet;
	struct layout layout;
	const char *workload;
	char *const *arguments; /* NULL ended, without the workload */
};

/* The memory of the machine, MiB. */
static inline unsigned int machine_memory(const struct options *options)
{
	if (options->memory)
		return options->memory;
	return options->cpus > 1 ? SMP_MEMORY : DEFAULT_MEMORY;
}

/* How often an event is sampled. */
struct rate {
	uint64_t number; /* events per sample, or samples per second */
	bool hertz;
};

/* By the event's own period or frequency, else by that of all. */
struct rate event_rate(const struct options *options, const struct event *event);

/* What a command takes. */
struct syntax {
	const char *command; /* "record" */
	const char *letters; /* of getopt(), beginning with "+:" */
	const struct option *names;
	const char *help;

	/* Take one option into the command's own structure.  Prints what is
	   wrong; an exit code. */
	int (*take)(void *into, int option, const char *argument);
};

/* The options that every command has; to be put into struct option[] and the
   letters, with OWN_OPTION for the first that is a command's own. */
enum common_option {
	OPTION_QEMU = 256,
	OPTION_ARCH,
	OPTION_KERNEL,
	OPTION_CPUS,
	OPTION_MEMORY,
	OPTION_TIMEOUT,
	OPTION_SILENCE,
	OPTION_ACCEL,
	OPTION_MODEL,
	OWN_OPTION,
};

#define COMMON_LETTERS "e:aqh"
#define COMMON_OPTIONS                                                                             \
	{"event", required_argument, NULL, 'e'}, {"all-cpus", no_argument, NULL, 'a'},             \
	    {"quiet", no_argument, NULL, 'q'}, {"help", no_argument, NULL, 'h'},                   \
	    {"qemu", required_argument, NULL, OPTION_QEMU},                                        \
	    {"arch", required_argument, NULL, OPTION_ARCH},                                        \
	    {"kernel", required_argument, NULL, OPTION_KERNEL},                                    \
	    {"cpus", required_argument, NULL, OPTION_CPUS},                                        \
	    {"memory", required_argument, NULL, OPTION_MEMORY},                                    \
	    {"timeout", required_argument, NULL, OPTION_TIMEOUT},                                  \
	    {"accel", required_argument, NULL, OPTION_ACCEL},                                      \
	    {"model", required_argument, NULL, OPTION_MODEL},                                      \
	{                                                                                          \
		"silence", required_argument, NULL, OPTION_SILENCE                                 \
	}

/* What they are before any is given. */
extern const struct options default_options;

/* Take one of them.  Prints what is wrong; an exit code. */
int take_common_option(struct options *options, int option, const char *argument);

/* Go through the arguments of a command, argv[0] being its name, and leave the
   workload and its arguments in *options.  Prints what is wrong or, asked for
   help, the help.  An exit code; *done says that there is nothing more to do. */
int parse_arguments(const struct syntax *syntax, void *into, struct options *options, int argc,
		    char *const *argv, bool *done);

/* Fill *options from the arguments behind "perfrec record" (argv[0] is
   "record").  As parse_arguments() otherwise. */
int parse_options(struct options *options, int argc, char *const *argv, bool *done);

#endif /* PERFREC_OPTIONS_H */
