/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files a session needs: found, and checked as far as the host can. */
#ifndef PERFREC_IMAGES_H
#define PERFREC_IMAGES_H

#include "elf_file.h"
#include "options.h"

/* Paths are absolute and malloc'd. */
struct images {
	const struct arch *arch; /* of kernel, agent and workload */
	char *emulator;
	char *emulator_data; /* folder of the firmware; NULL: the emulator's own */
	char *kernel_path;
	char *agent_path;
	char *workload_path;
	const char *workload_name; /* the last part of workload_path */
	struct elf_file kernel;
	struct elf_file workload;
};

/* Find and check them all.  Prints what is wrong; an exit code. */
int find_images(struct images *images, const struct options *options);

/* Close and free. */
void free_images(struct images *images);

#endif /* PERFREC_IMAGES_H */
