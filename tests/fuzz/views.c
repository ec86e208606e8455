/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"
#include "fuzz.h"

struct options fuzz_options(void)
{
	return (struct options){
	    .input = "fuzz",
	    .output = "-",
	    .threads = 1,
	    .search = {.root = "/nonexistent", .build_id_dir = "/nonexistent"},
	    .sort = {.keys = {SORT_DSO, SORT_SYMBOL, SORT_THREAD, SORT_CPU}, .nr = 4},
	    .by = LANE_THREAD,
	    .bins = 16,
	};
}

void fuzz_views(const struct profile *profile, const struct options *options)
{
	struct failure failure;
	struct text text = {0};
	struct diff diff;

	view_report(profile, options, &text);
	view_report_csv(profile, options, &text);
	view_report_json(profile, options, &text);
	view_report_page(profile, options, &text);
	view_header_csv(profile, options, &text);
	view_folded(profile, options, &text);
	view_flame(profile, options, &text, &failure);
	if (profile->last_time != 0) {
		view_timeline(profile, options, &text);
		view_timeline_csv(profile, options, &text);
		export_firefox(profile, options, &text);
		export_chrome(profile, options, &text);
	}
	export_pprof(profile, options, &text, &failure);
	diff_make(&diff, profile, profile, NULL);
	view_diff(&diff, options, &text);
	view_diff_csv(&diff, options, &text);
	diff_free(&diff);
	text_free(&text);
}
