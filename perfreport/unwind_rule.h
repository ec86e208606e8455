/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How to get from a frame to its caller at one address of code.
 *
 * Nearly all of what call frame information (DWARF 5, section 6.4) says is
 * of one shape: the caller's stack pointer and the places of its registers
 * lie at a constant distance from a register, or from a word that lies at a
 * constant distance from one.  Such a rule is found once for each address
 * and then applied to every stack dump, which costs a few loads a frame.
 */
#ifndef PERFREPORT_UNWIND_RULE_H
#define PERFREPORT_UNWIND_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

#define UNWIND_REGS  17 /* by DWARF numbers of x86-64, which has more than i386 */
#define UNWIND_SAVED 6	/* registers that a function must preserve, at most */

/* The registers of x86-64 or i386 (System V ABI, their supplements). */
struct unwind_machine {
	uint8_t nr;	       /* registers, numbers from 0 */
	uint8_t sp, pc, width; /* width: bytes of a word */
	uint8_t nr_saved;      /* of the next */
	uint8_t saved[UNWIND_SAVED];
	uint8_t perf[UNWIND_REGS]; /* number in sample_regs_user of each */
};

extern const struct unwind_machine unwind_x86_64, unwind_i386;

/* A number: register + offset, or with deref the word there + offset2. */
struct place {
	uint8_t reg;
	bool deref;
	int32_t offset, offset2;
};

enum saved { SAVED_NOT, SAVED_LOST, SAVED_AT };

enum rule_kind {
	RULE_NONE,   /* nothing is known of this address */
	RULE_END,    /* nobody called: the thread begins here */
	RULE_PLACES, /* as below */
	RULE_SLOW,   /* of another shape: to be evaluated with the real memory */
};

struct rule {
	enum rule_kind kind;
	bool is_signal;	     /* the frame of a signal's return: its caller was interrupted */
	struct place cfa;    /* the caller's stack pointer */
	struct place caller; /* where its address lies */
	uint8_t how[UNWIND_SAVED];
	struct place saved[UNWIND_SAVED]; /* where each is, if SAVED_AT */
};

#endif /* PERFREPORT_UNWIND_RULE_H */
