/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applying sideband records in order of time, twice: first those of tasks,
 * which makes the history that samples are looked up in, then, while their
 * addresses get names, those of maps.
 */
#ifndef PERFREPORT_SIDEBAND_H
#define PERFREPORT_SIDEBAND_H

#include "survey.h"

/* Whose maps a record changes. */
struct effect {
	uint32_t task; /* of tasks.h, TASK_KERNEL or TASK_NONE */
	uint32_t from; /* whose maps are copied, or TASK_NONE */
};

struct sideband {
	struct profile *profile;
	const struct perfdata *file;
	const struct survey *survey;
	struct effect *effects; /* by record */
	size_t next;		/* record to apply the maps of */
	bool load_kernel;	/* there are samples of the kernel: read its symbols at once */
};

/* Make the profile's history; sideband_free() it. */
void sideband_init(struct sideband *sideband, struct profile *profile, const struct perfdata *file,
		   const struct survey *survey);
void sideband_free(struct sideband *sideband);

/* Apply the maps of the records up to this epoch (how many they are). */
void sideband_go(struct sideband *sideband, size_t epoch);

/* How many records are not later than this. */
size_t sideband_epoch(const struct sideband *sideband, const struct order_entry *at);

#endif /* PERFREPORT_SIDEBAND_H */
