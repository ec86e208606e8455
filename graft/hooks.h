/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hook list: which functions of the kernel are redirected, and to what.
 *
 *   wrap FUNCTION HANDLER                every call goes to HANDLER instead
 *   before FUNCTION HANDLER FLAG         HANDLER (args) first, when byte FLAG is set
 *   after FUNCTION HANDLER FLAG NARGS    HANDLER (result, args) afterwards, when FLAG is set
 *
 * One hook a line; '#' starts a comment. A hook may end in inlined=FUNCTION[,FUNCTION...]: the
 * functions that hold inlined copies of the hooked one and may pass it by. docs/graft.md explains
 * each.
 */
#ifndef GRAFT_HOOKS_H
#define GRAFT_HOOKS_H

#include "image.h"

#define HOOK_MAX_ARGS 12

enum hook_kind { HOOK_WRAP, HOOK_BEFORE, HOOK_AFTER };

/* One jump or call to the hooked function, with a 32-bit displacement. */
struct site {
	uint64_t address;	 /* of the instruction */
	uint64_t field;		 /* of its displacement, its last four bytes */
	const struct symbol *in; /* function it stands in */
};

struct hook {
	enum hook_kind kind;
	char *function;
	char *handler;
	char *flag;	  /* NULL for wrap */
	unsigned nr_args; /* how many it takes, of after and where before says so */
	bool has_args;	  /* nr_args is known */
	char *inlined; /* comma-separated: functions whose inlined copies are accepted; or NULL */
	unsigned line; /* in the list */
	const struct symbol *symbol;
	struct site *sites;
	size_t nr_sites;
	size_t nr_recursive; /* calls of itself, left alone */
	uint64_t short_jump; /* address of a jump that cannot be redirected, or 0 */
	uint64_t taken_at;   /* address of an instruction that takes its address, or 0 */
	char *entry;	     /* symbol the sites are sent to: the handler or the trampoline */
};

struct hooks {
	const char *path;
	struct hook *all;
	size_t count;
};

/* Reads a hook list. The first bad line is refused by number. Returns a status. */
int hooks_read(struct hooks *hooks, const char *path);
void hooks_free(struct hooks *hooks);

/* The word of the list for a kind. */
const char *hook_kind_name(enum hook_kind kind);

#endif
