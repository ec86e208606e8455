/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interactive page: the template of flame/ with data in it.
 */
#ifndef PERFREPORT_PAGE_H
#define PERFREPORT_PAGE_H

#include "diff.h"
#include "options.h"
#include "profile.h"
#include "text.h"

/* What a page shows. */
struct page_content {
	const struct profile *profile; /* the recording it tells of; of a diff the new one */
	const struct diff *diff;       /* or NULL */
	const struct options *options;
	bool moments; /* with the time of each sample, which the profile must have */
};

/* Append the page.  Errors: EXIT_MEMORY. */
bool page_write(const struct page_content *content, struct text *text, struct failure *failure);

/* Append the data of the page before they are compressed (page_data.c). */
void page_data(const struct page_content *content, struct text *text);

/* Append what the recording says of itself and what was lost: members of a
   JSON object, each with a comma behind it. */
void page_facts(const struct profile *profile, struct text *text);

#endif /* PERFREPORT_PAGE_H */
