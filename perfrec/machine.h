/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator as a child process.
 *
 * It runs in a folder of its own that holds links to the images under fixed
 * names, so that the guest sees the same command lines wherever they stand on
 * the host.
 */
#ifndef PERFREC_MACHINE_H
#define PERFREC_MACHINE_H

#include <sys/types.h>

#include "images.h"
#include "options.h"
#include "text.h"

#define MACHINE_ACCEL_BYTES 1024

struct machine {
	char kvm[MACHINE_ACCEL_BYTES]; /* the emulator's -accel, if it is KVM's */
	char *folder;		       /* the emulator's working directory */
	pid_t pid;		       /* 0: not running */
	int port;		       /* frames of the agent; -1: closed */
	int console;		       /* the guest's serial line */
	int messages;		       /* the emulator's stderr */
	struct text command;	       /* how it was started, for the log */
	struct layout layout;
	const char *model; /* the geometry asked for; NULL: the default */
	char *geometry;	   /* what the emulator made of it, written out; malloc'd, NULL: not told */
	char cpus[12];	   /* of -smp */
	char memory[12];   /* of -m */
};

#define MACHINE_CPUID_BYTES 48

/* The processor of the machine, as perf.data has it: that of the emulated one is
   always the same. */
void machine_cpuid(enum accelerator accelerator, char cpuid[MACHINE_CPUID_BYTES]);

/* Whether this host can run the machine that is asked for; at once for the
   emulated one, else within two seconds.  Prints what is wrong; an exit code. */
int machine_check(const struct options *options);

/* What -accel of the emulator takes for KVM. */
void machine_kvm_argument(char argument[MACHINE_ACCEL_BYTES]);

/* Make the folder with links to the images, for a machine of this layout with
   so many processors.  Prints what is wrong; an exit code. */
int machine_prepare(struct machine *machine, const struct images *images,
		    const struct layout *layout, unsigned int cpus, unsigned int memory);

/* The path of a file of the folder; malloc'd, NULL: no memory. */
char *machine_file(const struct machine *machine, const char *name);

/* The first line of "emulator --version"; false: it does not run. */
bool machine_version(const struct images *images, char *version, size_t size);

/* Start the emulator, its PMU of machine->model; with by_address it writes exact counts by address
   to the file "histogram" when it ends.  Prints what is wrong; an exit code. */
int machine_start(struct machine *machine, const struct images *images,
		  enum accelerator accelerator, bool by_address);

/* Wait at most ms milliseconds for the emulator to end, then kill it; its
   wait status, -1 if it was killed.  What it said of its geometry is known
   afterwards. */
int machine_stop(struct machine *machine, unsigned int ms);

/* Kill what runs, close the pipes and remove the folder. */
void machine_remove(struct machine *machine);

#endif /* PERFREC_MACHINE_H */
