/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "view_help.h"

struct view_help {
	const char *name;
	const char *does;     /* in a line */
	const char *examples; /* lines */
	const char *options;  /* names of its own ones, each with a space around it */
	const char *without;  /* likewise, of those of most views that it has not */
};

static const struct view_help views[VIEWS] = {
    [VIEW_REPORT] = {"report", "a table of where the samples fell",
		     "  perfreport report -i perf.data --top 10\n"
		     "  perfreport report -i perf.data --children          by all that was called\n"
		     "  perfreport report -i perf.data --sort task,cpu --event cycles --json\n"
		     "  perfreport report -i perf.data --sort srcline,symbol --inline\n"
		     "  perfreport report -i perf.data --callers ipc_kmsg_copyin\n"
		     "  perfreport report -i perf.data --html -o report.html\n",
		     " sort children callers callees top percent-limit title html csv json "},
    [VIEW_FLAME] =
	{"flame", "an interactive flame graph: one HTML page that needs nothing else",
	 "  perfreport flame -i perf.data -o flame.html\n"
	 "  perfreport flame -i perf.data --task pingpong --icicle\n"
	 "  perfreport flame -i perf.data --wall -o wall.html  what a thread's time went to\n"
	 "  perfreport flame -i slow.bundle\n",
	 " title icicle "},
    [VIEW_FOLDED] = {"folded", "one line for each callchain, for other tools",
		     "  perfreport folded -i perf.data > stacks.txt\n"
		     "  perfreport flame -i stacks.txt\n",
		     " "},
    [VIEW_HEADER] = {"header", "what the recording says of itself",
		     "  perfreport header -i perf.data\n"
		     "  perfreport header -i perf.data --json | jq .events\n",
		     " json csv ", " wall task thread dso symbol build-id-dir symfs inline "},
    [VIEW_DUMP] = {"dump", "every record, one a line",
		   "  perfreport dump -i perf.data\n"
		   "  perfreport dump -i perf.data --json | jq 'select(.type == \"MMAP2\")'\n",
		   " json csv ",
		   " event wall task thread dso symbol build-id-dir symfs inline threads "},
    [VIEW_BUNDLE] = {"bundle", "the recording and all that its views need, in one file",
		     "  perfreport bundle -i perf.data -o slow.bundle\n"
		     "  perfreport flame -i slow.bundle                    on another machine\n",
		     " ", " event wall task thread dso symbol inline "},
    [VIEW_EXPORT] = {"export", "the profile in the format of another viewer",
		     "  perfreport export -i perf.data --format speedscope -o profile.json\n"
		     "  perfreport export -i perf.data --format pprof -o profile.pb.gz\n",
		     " format title "},
    [VIEW_DIFF] = {"diff", "what is new against a base",
		   "  perfreport diff before.data after.data --top 10\n"
		   "  perfreport diff before.data after.data --flame -o diff.html\n"
		   "  perfreport diff before.data after.data --csv > diff.csv\n",
		   " flame title icicle top csv json ", " input "},
    [VIEW_TIMELINE] = {"timeline", "samples over time",
		       "  perfreport timeline -i perf.data --by cpu\n"
		       "  perfreport timeline -i perf.data --html -o timeline.html\n",
		       " by bins top title html csv json "},
    [VIEW_ANNOTATE] = {"annotate", "a function, instruction by instruction",
		       "  perfreport annotate -i perf.data                   the hottest\n"
		       "  perfreport annotate -i perf.data ipc_kmsg_copyin --html\n"
		       "  perfreport annotate -i perf.data --top 5\n",
		       " top percent-limit title html csv json ", " inline "},
};

/* In the order in which they are told. */
static const enum view order[VIEWS] = {VIEW_REPORT,   VIEW_FLAME,   VIEW_FOLDED, VIEW_HEADER,
				       VIEW_DUMP,     VIEW_BUNDLE,  VIEW_EXPORT, VIEW_DIFF,
				       VIEW_TIMELINE, VIEW_ANNOTATE};

struct option_help {
	const char *name, *value, *text;
	const char *named; /* instead of text: with the view's name */
};

/* Those of some views. */
static const struct option_help own_options[] = {
    {"sort", "KEY[,KEY]", "task, thread, comm, symbol, dso, srcline, cpu (default: dso,symbol)",
     NULL},
    {"children", "", "every frame of the callchains, largest total first", NULL},
    {"callers", "SYMBOL", "who calls SYMBOL", NULL},
    {"callees", "SYMBOL", "what SYMBOL calls", NULL},
    {"top", "N", "the first N rows; of annotate: the N hottest functions", NULL},
    {"percent-limit", "P", "rows, or functions, of at least P percent", NULL},
    {"format", "FORMAT", "folded, speedscope, pprof, firefox, chrome, json", NULL},
    {"by", "KEY", "a lane for each task, thread, cpu or event (default: thread)", NULL},
    {"bins", "N", "columns of time (default: 64)", NULL},
    {"flame", "", "the differential flame graph: a page as that of flame (diff.html)", NULL},
    {"title", "TEXT", "heading of the page", NULL},
    {"icicle", "", "root at the top", NULL},
    {"html", "", NULL, "a page (%s.html)"},
    {"csv", "", "as CSV (RFC 4180)", NULL},
    {"json", "", NULL, "as JSON (docs/%s.schema.json)"},
};

/* Those of all views, or of most. */
static const struct option_help common_options[] = {
    {"input", "FILE",
     "a perf.data, a bundle or folded stacks (default: perf.data; -:\n"
     "                         standard input)",
     NULL},
    {"output", "OUT", "where to write (pages: VIEW.html, others: standard output)", NULL},
    {"event", "NAME", "this event only", NULL},
    {"wall", "", "cpu-clock and offcpu-time (perfrec record --off-cpu) as one", NULL},
    {"task", "NAME", "samples of tasks of this name only", NULL},
    {"thread", "NUMBER", "samples of this thread only", NULL},
    {"dso", "NAME", "samples that ran in this object only", NULL},
    {"symbol", "REGEX", "samples that ran in such functions only", NULL},
    {"build-id-dir", "DIR", "programs and kernels by build-id (default: ~/.debug)", NULL},
    {"symfs", "DIR", "look below DIR for the paths of the recording", NULL},
    {"inline", "", "inlined functions as frames, from debug information", NULL},
    {"threads", "N", "read the samples by N threads (default: one for each CPU, up to 8)", NULL},
    {"help", "", "this text", NULL},
};

static bool has_word(const char *words, const char *word)
{
	char spaced[32];

	snprintf(spaced, sizeof spaced, " %s ", word);
	return words != NULL && strstr(words, spaced) != NULL;
}

bool view_has_option(enum view view, const char *option)
{
	for (size_t i = 0; i < sizeof own_options / sizeof *own_options; i++)
		if (strcmp(own_options[i].name, option) == 0)
			return has_word(views[view].options, option);
	return !has_word(views[view].without, option);
}

/* The line of an option; view NULL: of those that most views have. */
static void print_option(const struct option_help *option, const char *view)
{
	const char letter = view == NULL && strchr("ioh", *option->name) != NULL &&
				    strcmp(option->name, "inline") != 0
				? *option->name
				: '\0';
	char head[32];

	snprintf(head, sizeof head, "%s%s%s", option->name, *option->value ? " " : "",
		 option->value);
	if (letter)
		printf("  -%c, --%-16s ", letter, head);
	else
		printf("      --%-16s ", head);
	if (option->named)
		printf(option->named, view);
	else
		fputs(option->text, stdout);
	putchar('\n');
}

/* Those that the view has; all: every one. */
static void print_common(enum view view, bool all)
{
	for (size_t i = 0; i < sizeof common_options / sizeof *common_options; i++)
		if (all || view_has_option(view, common_options[i].name))
			print_option(&common_options[i], NULL);
}

void view_print_help(enum view view)
{
	const struct view_help *help = &views[view];

	printf("usage: perfreport %s%s%s [-o OUT] [options]\n%s\n\n%s\n", help->name,
	       view == VIEW_DIFF       ? " BASE NEW"
	       : view == VIEW_ANNOTATE ? " [FUNCTION]"
				       : "",
	       view_has_option(view, "input") ? " [-i FILE]" : "", help->does, help->examples);
	for (size_t i = 0; i < sizeof own_options / sizeof *own_options; i++)
		if (has_word(help->options, own_options[i].name))
			print_option(&own_options[i], help->name);
	fputs(*help->options && help->options[1] ? "\nthe same in most views:\n"
						 : "the same in most views:\n",
	      stdout);
	print_common(view, false);
}

void view_print_overview(void)
{
	puts("usage: perfreport VIEW [-i FILE] [-o OUT] [options]\n"
	     "\n"
	     "  perfreport flame -i perf.data -o flame.html\n"
	     "  perfreport report -i perf.data --top 10\n"
	     "  perfreport diff before.data after.data --top 10\n"
	     "  perfreport annotate -i perf.data ipc_kmsg_copyin\n"
	     "\n"
	     "views (perfreport VIEW --help has examples and options):");
	for (size_t i = 0; i < VIEWS; i++)
		printf("  %-8s %s\n", views[order[i]].name, views[order[i]].does);
	puts("  gate     is what is new worse than the base? (perfreport gate --help)\n"
	     "  history  verdicts over time (perfreport history --help)\n"
	     "\n"
	     "the same in most views:");
	print_common(VIEW_REPORT, true);
}
