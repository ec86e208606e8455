/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which options each view has, and its help.
 */
#ifndef PERFREPORT_VIEW_HELP_H
#define PERFREPORT_VIEW_HELP_H

#include <stdbool.h>

#include "options.h"

/* Whether a view has an option, by its long name. */
bool view_has_option(enum view view, const char *option);

/* The help of one view: examples, its options, those of all views. */
void view_print_help(enum view view);

/* That of the command. */
void view_print_overview(void);

#endif /* PERFREPORT_VIEW_HELP_H */
