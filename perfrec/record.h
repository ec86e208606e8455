/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command perfrec record. */
#ifndef PERFREC_RECORD_H
#define PERFREC_RECORD_H

/* Run it; argv[0] is "record".  An exit code. */
int record_command(int argc, char *const *argv);

#endif /* PERFREC_RECORD_H */
