/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From hits to the profile: their addresses get names by the maps of their
 * time, and they go into the events' call trees and cells.
 */
#ifndef PERFREPORT_NAMING_H
#define PERFREPORT_NAMING_H

#include "scan.h"
#include "sideband.h"

/* Name all that a scan found; what: a sum of LOAD_* (load.h). */
void naming_do(struct profile *profile, const struct perfdata *file, struct sideband *sideband,
	       struct scan *scan, unsigned int what);

#endif /* PERFREPORT_NAMING_H */
