/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Budgets and suppressions: a small file under version control.  One rule a
 * line, words by spaces (in double quotes where they hold some), # begins a
 * comment:
 *
 *	budget EVENT FUNCTION[@OBJECT] LIMIT
 *	total EVENT LIMIT
 *	tolerance EVENT FUNCTION[@OBJECT] LIMIT
 *	suppress EVENT FUNCTION[@OBJECT] owner=NAME expires=YYYY-MM-DD [REASON...]
 *
 * EVENT is a name or *; FUNCTION and OBJECT are patterns of fnmatch(3); LIMIT
 * is a number of events or a percentage of the base.  The last rule that fits
 * is the one that counts.
 */
#ifndef PERFREPORT_GATE_RULES_H
#define PERFREPORT_GATE_RULES_H

#include "failure.h"
#include "gate_data.h"

enum gate_rule_kind { GATE_BUDGET, GATE_TOTAL, GATE_TOLERANCE, GATE_SUPPRESS };

struct gate_rule {
	enum gate_rule_kind kind;
	unsigned int line;
	char *event, *function, *object; /* object NULL: any */
	double limit;			 /* events, or with percent a share of the base */
	bool percent;
	char *owner, *expires, *reason; /* suppress; expires: YYYY-MM-DD */
	bool expired, used;
};

struct gate_rules {
	const char *path; /* NULL: no file */
	struct gate_rule *list;
	size_t nr, capacity;
};

/* Read a file; today is a date as YYYY-MM-DD.  Errors, with the line:
   EXIT_INPUT, EXIT_FORMAT. */
bool gate_rules_read(struct gate_rules *rules, const char *path, const char *today,
		     struct failure *failure);

/* Does every rule name an event that there is?  Errors: EXIT_FORMAT. */
bool gate_rules_check(const struct gate_rules *rules, const struct gate_data *data,
		      struct failure *failure);

/* The rule of a kind for a function of an event (NO_FUNCTION: the total), or
   NULL. */
struct gate_rule *gate_rules_find(const struct gate_rules *rules, enum gate_rule_kind kind,
				  const struct gate_data *data, size_t event, uint32_t function);

/* A limit in events, where the base has so many; 0 of no rule. */
double gate_limit(const struct gate_rule *rule, double base);

void gate_rules_free(struct gate_rules *rules);

#endif /* PERFREPORT_GATE_RULES_H */
