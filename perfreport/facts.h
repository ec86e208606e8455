/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a recording says of the machine and of how it was made.
 */
#ifndef PERFREPORT_FACTS_H
#define PERFREPORT_FACTS_H

#include <perfdata.h>

#include "profile.h"

/* Add the facts of the file's feature sections to the profile. */
void facts_collect(struct profile *profile, const struct perfdata *file);

#endif /* PERFREPORT_FACTS_H */
