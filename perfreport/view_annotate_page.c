/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTML page that needs nothing else and no script: the functions below
 * each other, warmer the more of a function's samples an instruction has.
 */
#include <inttypes.h>
#include <string.h>

#include "export.h"
#include "template.h"
#include "view_annotate.h"
#include "views.h"

static void add_head(const struct annotate_view *view, struct text *text)
{
	const char *title = export_title(view->profile, view->options);

	text_add(text,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
		 "content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"generator\" content=\"machperf " MACHPERF_VERSION "\">\n<title>");
	text_add_html(text, title);
	text_add(text, "</title>\n<style>\n");
	text_add_bytes(text, annotate_files[0].bytes, annotate_files[0].length);
	text_add(text, "</style>\n</head>\n<body>\n<h1>");
	text_add_html(text, title);
	text_add(text, "</h1>\n");
}

/* What the other forms say in comment lines. */
static void add_honesty(const struct annotate_view *view, struct text *text)
{
	struct text plain = {0};

	view_header(view->profile, view->options, &plain);
	for (size_t i = 0; i < view->nr_events; i++) {
		const struct amount *unnamed = &view->all.unnamed[view->events[i]];

		view_honesty(view->profile, &view->profile->events[view->events[i]], &plain);
		if (unnamed->samples)
			text_print(&plain, "#   in code without symbols: %" PRIu64 " samples\n",
				   unnamed->samples);
	}
	text_add_bytes(&plain, "", 1);
	if (view->profile->incomplete != NULL) {
		text_add(text, "<p class=\"bad\">Incomplete: ");
		text_add_html(text, view->profile->incomplete);
		text_add(text, "</p>\n");
	}
	text_add(text, "<details><summary>The recording</summary><pre>");
	text_add_html(text, plain.bytes);
	text_add(text, "</pre></details>\n");
	text_free(&plain);
}

static double share_of_event(const struct annotate_view *view, const struct annotation *annotation,
			     uint32_t event)
{
	uint64_t whole = view->profile->events[event].total.weight;

	return whole ? 100.0 * annotation->totals[event].weight / whole : 0;
}

static void add_list(const struct annotate_view *view, struct text *text)
{
	const struct names *names = view->profile->names;

	text_add(text, "<nav aria-label=\"Functions\"><ol>\n");
	for (size_t i = 0; i < view->shown; i++) {
		const struct annotation *annotation = &view->all.list[i];

		text_print(text, "<li><a href=\"#f%zu\">", i);
		text_add_html(text, names_text(names, annotation->frame->symbol));
		text_add(text, "</a>");
		for (size_t k = 0; k < view->nr_events; k++)
			text_print(text, " %.2f%%",
				   share_of_event(view, annotation, view->events[k]));
		text_add(text, "</li>\n");
	}
	text_add(text, "</ol></nav>\n");
	if (view->shown < view->all.nr)
		text_print(text, "<p>%zu more functions</p>\n", view->all.nr - view->shown);
}

static void add_heads(const struct annotate_view *view, struct text *text)
{
	text_add(text, "<table><thead><tr>");
	for (size_t i = 0; i < view->nr_events; i++) {
		text_add(text, "<th scope=\"col\">");
		text_add_html(text, view->profile->events[view->events[i]].name);
		text_add(text, "</th>");
	}
	text_add(text, "<th scope=\"col\">address</th><th scope=\"col\" class=\"code\">"
		       "instruction</th></tr></thead>\n<tbody>\n");
}

static void add_source(const struct annotate_view *view, const struct instruction *instruction,
		       struct text *text)
{
	const char *path = names_text(view->profile->names, instruction->file);
	struct text line = {0};

	text_print(text,
		   "<tr class=\"source\"><td colspan=\"%zu\"></td><td class=\"code\"><b title=\"",
		   view->nr_events + 1);
	text_add_html(text, path);
	text_add(text, "\">");
	text_add_html(text, view_base_name(path));
	text_print(text, ":%" PRIu32 "</b>  ", instruction->line);
	source_text_line(view->source, path, instruction->line, &line);
	text_add_bytes(&line, "", 1);
	text_add_html(text, line.bytes);
	text_add(text, "</td></tr>\n");
	text_free(&line);
}

static void add_code(const struct annotate_view *view, size_t function,
		     const struct instruction *instruction, struct text *text)
{
	text_print(text, "<td class=\"address\">%" PRIx64 "</td><td class=\"code\">",
		   instruction->address);
	if (instruction->target)
		text_print(text, "<a href=\"#f%zu-%" PRIx64 "\">", function, instruction->target);
	text_add_html(text, instruction->text ? instruction->text
					      : annotate_no_text(&view->all.list[function]));
	text_add(text, instruction->target ? "</a></td></tr>\n" : "</td></tr>\n");
}

static void add_instruction(const struct annotate_view *view, size_t function,
			    const struct instruction *instruction, struct text *text)
{
	const struct annotation *annotation = &view->all.list[function];

	text_print(text, "<tr id=\"f%zu-%" PRIx64 "\">", function, instruction->address);
	for (size_t i = 0; i < view->nr_events; i++) {
		uint32_t event = view->events[i];
		double share = annotate_share(annotation, instruction, event);

		if (instruction->counts == NULL || instruction->counts[event].samples == 0)
			text_add(text, "<td class=\"count\"></td>");
		else
			text_print(text,
				   "<td class=\"count\" style=\"--share:%.1f\">%" PRIu64
				   " <small>%.2f%%</small></td>",
				   share, instruction->counts[event].samples, share);
	}
	add_code(view, function, instruction, text);
}

static const struct instruction *hottest(const struct annotate_view *view,
					 const struct annotation *annotation)
{
	const struct instruction *best = NULL;
	uint32_t event = view->events[0];

	for (size_t i = 0; i < annotation->nr; i++)
		if (annotation->list[i].counts != NULL &&
		    (best == NULL ||
		     annotation->list[i].counts[event].weight > best->counts[event].weight))
			best = &annotation->list[i];
	return best;
}

static void add_function(const struct annotate_view *view, size_t index, struct text *text)
{
	const struct annotation *annotation = &view->all.list[index];
	const struct instruction *hot = hottest(view, annotation);

	text_print(text, "<section id=\"f%zu\"><h2>", index);
	text_add_html(text, names_text(view->profile->names, annotation->frame->symbol));
	text_add(text, " <small>");
	text_add_html(text, names_text(view->profile->names, annotation->frame->dso));
	text_add(text, "</small></h2>\n<p>");
	for (size_t i = 0; i < view->nr_events; i++) {
		uint32_t event = view->events[i];

		text_add(text, i ? "; " : "");
		text_add_html(text, view->profile->events[event].name);
		text_print(text, ": %" PRIu64 " samples, %.2f%% of all",
			   annotation->totals[event].samples,
			   share_of_event(view, annotation, event));
	}
	if (hot != NULL)
		text_print(text, " · <a href=\"#f%zu-%" PRIx64 "\">hottest instruction</a>", index,
			   hot->address);
	text_add(text, "</p>\n");
	if (annotation->why != NULL)
		text_print(text, "<p class=\"bad\">Code is missing: %s</p>\n", annotation->why);
	add_heads(view, text);
	for (size_t i = 0; i < annotation->nr; i++) {
		if (annotate_new_line(annotation, i))
			add_source(view, &annotation->list[i], text);
		add_instruction(view, index, &annotation->list[i], text);
	}
	text_add(text, "</tbody></table></section>\n");
}

void view_annotate_page(const struct annotate_view *view, struct text *text)
{
	add_head(view, text);
	add_honesty(view, text);
	text_add(text, "<input type=\"checkbox\" id=\"source\" checked>"
		       "<label for=\"source\"> source lines</label>\n");
	add_list(view, text);
	text_add(text, "<main>\n");
	for (size_t i = 0; i < view->shown; i++)
		add_function(view, i, text);
	text_add(text, "</main>\n</body>\n</html>\n");
}
