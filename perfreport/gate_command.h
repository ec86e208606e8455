/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of perfreport that give an exit status of their own. */
#ifndef PERFREPORT_GATE_COMMAND_H
#define PERFREPORT_GATE_COMMAND_H

/* perfreport gate; argv[0] is "gate".  The exit status: enum gate_exit. */
int gate_command(int argc, char **argv);

/* perfreport history; argv[0] is "history".  The exit status: 0, or 2. */
int history_command(int argc, char **argv);

#endif /* PERFREPORT_GATE_COMMAND_H */
