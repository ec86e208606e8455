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

struct machine {
	char *folder;	     /* the emulator's working directory */
	pid_t pid;	     /* 0: not running */
	int port;	     /* frames of the agent; -1: closed */
	int console;	     /* the guest's serial line */
	int messages;	     /* the emulator's stderr */
	struct text command; /* how it was started, for the log */
	struct layout layout;
};

/* What the machine is, for the recording: the same for each machine_start(). */
extern const char machine_cpuid[];

/* Make the folder with links to the images, for a machine of this layout.
   Prints what is wrong; an exit code. */
int machine_prepare(struct machine *machine, const struct images *images,
		    const struct layout *layout);

/* The path of a file of the folder; malloc'd, NULL: no memory. */
char *machine_file(const struct machine *machine, const char *name);

/* The first line of "emulator --version"; false: it does not run. */
bool machine_version(const struct images *images, char *version, size_t size);

/* Start the emulator; with by_address it writes exact counts by address to the
   file "histogram" when it ends.  Prints what is wrong; an exit code. */
int machine_start(struct machine *machine, const struct images *images, bool by_address);

/* Wait at most ms milliseconds for the emulator to end, then kill it; its
   wait status, -1 if it was killed. */
int machine_stop(struct machine *machine, unsigned int ms);

/* Kill what runs, close the pipes and remove the folder. */
void machine_remove(struct machine *machine);

#endif /* PERFREC_MACHINE_H */
