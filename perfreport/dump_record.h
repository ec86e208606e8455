/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each type of record holds, as fields.
 */
#ifndef PERFREPORT_DUMP_RECORD_H
#define PERFREPORT_DUMP_RECORD_H

#include <perfdata.h>

#include "dump_fields.h"

/* The fields of a decoded record.  The bytes of a dumped stack are left out;
   of what the library does not decode, all bytes are there. */
void dump_record(struct dump_fields *fields, const struct perfdata *file,
		 const struct perfdata_record *record);

/* Of those that the recorder itself makes (types from 64 on). */
void dump_user_record(struct dump_fields *fields, const struct perfdata *file,
		      const struct perfdata_record *record);

#endif /* PERFREPORT_DUMP_RECORD_H */
