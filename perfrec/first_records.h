/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that stand before the kernel's own. */
#ifndef PERFREC_FIRST_RECORDS_H
#define PERFREC_FIRST_RECORDS_H

#include "session.h"

/* Where the kernel's code is mapped, and who task 1 is. */
void put_first_records(struct perfdata_buffer *buffer, const struct session *session);

#endif /* PERFREC_FIRST_RECORDS_H */
