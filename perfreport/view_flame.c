/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views that are interactive pages.
 */
#include "page.h"
#include "views.h"

bool view_flame(const struct profile *profile, const struct options *options, struct text *text,
		struct failure *failure)
{
	const struct page_content content = {.profile = profile, .options = options};

	return page_write(&content, text, failure);
}

bool view_timeline_page(const struct profile *profile, const struct options *options,
			struct text *text, struct failure *failure)
{
	const struct page_content content = {
	    .profile = profile, .options = options, .moments = true};

	return page_write(&content, text, failure);
}

bool view_diff_flame(const struct diff *diff, const struct options *options, struct text *text,
		     struct failure *failure)
{
	const struct page_content content = {
	    .profile = diff->sides[DIFF_NEW], .diff = diff, .options = options};

	return page_write(&content, text, failure);
}
