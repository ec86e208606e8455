/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command perfrec stat. */
#ifndef PERFREC_STAT_H
#define PERFREC_STAT_H

/* Run it; argv[0] is "stat".  An exit code. */
int stat_command(int argc, char *const *argv);

#endif /* PERFREC_STAT_H */
