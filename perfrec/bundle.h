/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command perfrec bundle. */
#ifndef PERFREC_BUNDLE_H
#define PERFREC_BUNDLE_H

/* Run it; argv[0] is "bundle".  An exit code; it returns only when it fails or
   printed help: the work is perfreport's, which takes this process's place. */
int bundle_command(int argc, char *const *argv);

#endif /* PERFREC_BUNDLE_H */
