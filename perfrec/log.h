/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FILE.log: the facts of the host, which have no place in the recording. */
#ifndef PERFREC_LOG_H
#define PERFREC_LOG_H

#include "session.h"

/* Write the log of a recording that took wall seconds.  Trouble is printed;
   the recording is good without it. */
void write_log(const struct session *session, int argc, char *const *argv, double wall);

#endif /* PERFREC_LOG_H */
