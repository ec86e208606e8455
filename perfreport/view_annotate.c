/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "view_annotate.h"
#include "views.h"

double annotate_share(const struct annotation *annotation, const struct instruction *instruction,
		      uint32_t event)
{
	uint64_t whole = annotation->totals[event].weight;

	return whole && instruction->counts ? 100.0 * instruction->counts[event].weight / whole : 0;
}

bool annotate_new_line(const struct annotation *annotation, size_t index)
{
	const struct instruction *instruction = &annotation->list[index];

	return instruction->line != 0 && (index == 0 || instruction[-1].line != instruction->line ||
					  instruction[-1].file != instruction->file);
}

const char *annotate_no_text(const struct annotation *annotation)
{
	return annotation->why ? "?" : "(within the instruction above)";
}

static void print_title(const struct annotate_view *view, const struct annotation *annotation,
			struct text *text)
{
	const struct profile *profile = view->profile;

	text_print(text, "#\n# %s  %s, 0x%" PRIx64 " to 0x%" PRIx64 "\n",
		   names_text(profile->names, annotation->frame->symbol),
		   names_text(profile->names, annotation->frame->dso), annotation->start,
		   annotation->end);
	for (size_t i = 0; i < view->nr_events; i++) {
		const struct event *event = &profile->events[view->events[i]];
		const struct amount *total = &annotation->totals[view->events[i]];
		double whole = event->total.weight ? event->total.weight : 1;

		text_print(text, "#   %s: %" PRIu64 " samples, %" PRIu64 " events, %.2f%% of all\n",
			   event->name, total->samples, total->weight, 100 * total->weight / whole);
	}
	if (annotation->why != NULL)
		text_print(text, "#   code is missing: %s\n", annotation->why);
}

static void print_heads(const struct annotate_view *view, const int *width, struct text *text)
{
	text_add(text, "#\n#");
	for (size_t i = 0; i < view->nr_events; i++)
		text_print(text, "%*s", i ? width[i] : width[i] - 1,
			   view->profile->events[view->events[i]].name);
	text_add(text, "  address\n");
}

static void print_counts(const struct annotate_view *view, const struct annotation *annotation,
			 const struct instruction *instruction, const int *width, struct text *text)
{
	for (size_t i = 0; i < view->nr_events; i++) {
		uint32_t event = view->events[i];

		if (instruction->counts == NULL || instruction->counts[event].samples == 0)
			text_print(text, "%*s", width[i], "");
		else
			text_print(text, "%*" PRIu64 " %6.2f%%", width[i] - 8,
				   instruction->counts[event].samples,
				   annotate_share(annotation, instruction, event));
	}
}

static void print_source(const struct annotate_view *view, const struct instruction *instruction,
			 int indent, struct text *text)
{
	const char *path = names_text(view->profile->names, instruction->file);

	text_print(text, "%*s  %s:%" PRIu32 "  ", indent, "", view_base_name(path),
		   instruction->line);
	source_text_line(view->source, path, instruction->line, text);
	while (text->bytes[text->length - 1] == ' ')
		text->length--;
	text_add(text, "\n");
}

static void print_function(const struct annotate_view *view, const struct annotation *annotation,
			   struct text *text)
{
	int *width = must_calloc(view->nr_events + 1, sizeof *width), indent = 0;

	for (size_t i = 0; i < view->nr_events; i++) {
		int length = strlen(view->profile->events[view->events[i]].name) + 2;

		width[i] = length < 18 ? 18 : length;
		indent += width[i];
	}
	print_title(view, annotation, text);
	print_heads(view, width, text);
	for (size_t i = 0; i < annotation->nr; i++) {
		const struct instruction *instruction = &annotation->list[i];

		if (annotate_new_line(annotation, i))
			print_source(view, instruction, indent, text);
		print_counts(view, annotation, instruction, width, text);
		text_print(text, "  %8" PRIx64 ":  %s\n", instruction->address,
			   instruction->text ? instruction->text : annotate_no_text(annotation));
	}
	free(width);
}

void view_annotate_text(const struct annotate_view *view, struct text *text)
{
	const struct profile *profile = view->profile;

	view_header(profile, view->options, text);
	for (size_t i = 0; i < view->nr_events; i++) {
		const struct amount *unnamed = &view->all.unnamed[view->events[i]];

		text_add(text, "#\n");
		view_honesty(profile, &profile->events[view->events[i]], text);
		if (unnamed->samples)
			text_print(text, "#   in code without symbols: %" PRIu64 " samples\n",
				   unnamed->samples);
	}
	for (size_t i = 0; i < view->shown; i++)
		print_function(view, &view->all.list[i], text);
	if (view->shown < view->all.nr)
		text_print(text, "#\n# %zu more functions (--top N)\n", view->all.nr - view->shown);
}

static void add_csv_line(const struct annotate_view *view, const struct annotation *annotation,
			 const struct instruction *instruction, struct text *text)
{
	const struct names *names = view->profile->names;

	text_add_csv(text, names_text(names, annotation->frame->symbol));
	text_add(text, ",");
	text_add_csv(text, names_text(names, annotation->frame->dso));
	text_print(text, ",0x%" PRIx64 ",", instruction->address);
	text_add_csv(text, names_text(names, instruction->file));
	text_print(text, ",%" PRIu32 ",", instruction->line);
	text_add_csv(text, instruction->text ? instruction->text : "");
	for (size_t i = 0; i < view->nr_events; i++) {
		struct amount none = {0}, *counts = instruction->counts;
		const struct amount *amount = counts ? &counts[view->events[i]] : &none;

		text_print(text, ",%" PRIu64 ",%" PRIu64, amount->samples, amount->weight);
	}
	text_add(text, "\r\n");
}

void view_annotate_csv(const struct annotate_view *view, struct text *text)
{
	text_add(text, "symbol,dso,address,file,line,instruction");
	for (size_t i = 0; i < view->nr_events; i++) {
		const char *name = view->profile->events[view->events[i]].name;
		struct text heads = {0};

		text_print(&heads, "%s samples", name);
		text_add_bytes(&heads, "", 1);
		text_add(text, ",");
		text_add_csv(text, heads.bytes);
		text_add(text, ",");
		text_add_csv(text, name);
		text_free(&heads);
	}
	text_add(text, "\r\n");
	for (size_t i = 0; i < view->shown; i++)
		for (size_t k = 0; k < view->all.list[i].nr; k++)
			add_csv_line(view, &view->all.list[i], &view->all.list[i].list[k], text);
}

/* The events that have samples and are wanted. */
static void choose_events(struct annotate_view *view)
{
	const struct profile *profile = view->profile;

	view->events = must_calloc(profile->nr_events, sizeof *view->events);
	for (size_t i = 0; i < profile->nr_events; i++)
		if (view_wants(view->options, &profile->events[i]) &&
		    profile->events[i].total.samples)
			view->events[view->nr_events++] = i;
}

/* How many functions are shown: those asked for by name all, else --top, of at
   least --percent-limit of the first event they were sorted by. */
static size_t count_shown(const struct annotate_view *view)
{
	const struct options *options = view->options;
	size_t most = options->top		   ? options->top
		      : options->function	   ? view->all.nr
		      : options->percent_limit > 0 ? view->all.nr
						   : 1;
	size_t shown = 0;

	while (shown < view->all.nr && shown < most) {
		bool heavy = false;

		for (size_t i = 0; i < view->nr_events; i++) {
			uint32_t event = view->events[i];

			heavy |= view->all.list[shown].totals[event].weight >=
				 options->percent_limit / 100 *
				     view->profile->events[event].total.weight;
		}
		if (!heavy)
			break;
		shown++;
	}
	return shown;
}

static bool annotate(struct annotate_view *view, struct text *text, struct failure *failure)
{
	const struct options *options = view->options;

	view->shown = count_shown(view);
	if (view->all.nr == 0) {
		failure_set(failure, EXIT_NO_SAMPLES,
			    options->function
				? "%s: no sample ran in a function called \"%s\"; report lists "
				  "what there is"
				: "%s: no sample ran in a function with a symbol",
			    options->input, options->function);
		return false;
	}
	for (size_t i = 0; i < view->shown; i++)
		if (!annotation_read(&view->all.list[i], &view->all, view->profile, failure))
			return false;
	if (options->json)
		view_annotate_json(view, text);
	else if (options->csv)
		view_annotate_csv(view, text);
	else if (options->html)
		view_annotate_page(view, text);
	else
		view_annotate_text(view, text);
	return true;
}

bool view_annotate(struct profile *profile, const struct options *options, struct text *text,
		   struct failure *failure)
{
	struct annotate_view view = {.profile = profile,
				     .options = options,
				     .source = source_text_new(&profile->objects.search)};
	bool good;

	choose_events(&view);
	annotations_make(&view.all, profile, options->function,
			 options->event ? profile_event(profile, options->event) : NULL);
	good = annotate(&view, text, failure);
	annotations_free(&view.all);
	source_text_free(view.source);
	free(view.events);
	return good;
}
