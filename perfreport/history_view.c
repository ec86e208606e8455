/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "history_view.h"
#include "output.h"

#define ROWS 12
#define WIDE 64 /* columns of the text's chart */

void history_view_list(const struct run_db_entry *entries, size_t nr, struct text *text)
{
	for (size_t i = 0; i < nr; i++) {
		const struct run_db_entry *entry = &entries[i];

		text_print(text, "%c %4lld  %s  %s  %s  %s, %lld run%s",
			   entry->accepted ? '*' : ' ', (long long)entry->number, entry->added,
			   entry->series, entry->label, entry->regime, (long long)entry->runs,
			   entry->runs == 1 ? "" : "s");
		if (entry->accepted)
			text_print(text, "; accepted%s%s", *entry->reason ? ": " : "",
				   entry->reason);
		text_add(text, "\n");
	}
}

/* The mean of a segment of a trend. */
static double mean(const struct history_trend *trend, size_t from, size_t to)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += trend->points[i].value;
	return to > from ? sum / (to - from) : 0;
}

static void put_number(struct text *text, double number)
{
	text_print(text, number == floor(number) ? "%.0f" : "%.1f", number);
}

void history_view_change(const struct history_trend *trend, size_t change, struct text *text)
{
	size_t from = change ? trend->changes[change - 1] : 0, at = trend->changes[change];
	size_t to = change + 1 < trend->nr_changes ? trend->changes[change + 1] : trend->nr;
	double before = mean(trend, from, at), behind = mean(trend, at, to);

	text_print(text, "%s  %s  %s: new ", trend->points[at].label, trend->event,
		   *trend->function ? trend->function : "(total)");
	put_number(text, behind);
	text_add(text, " vs base ");
	put_number(text, before);
	if (before > 0)
		text_print(text, " (%+.2f %%)", 100 * (behind / before - 1));
	text_add(text, "\n");
}

static void put_row(const struct history_trend *trend, size_t first, int row, double low,
		    double high, struct text *text)
{
	double step = (high - low) / (ROWS - 1);

	text_print(text, "%14.0f |", low + row * step);
	for (size_t i = first; i < trend->nr; i++) {
		int at = step > 0 ? (int)((trend->points[i].value - low) / step + 0.5) : 0;

		text_add(text, at == row ? "*" : " ");
	}
	/* No blanks at the end of a line. */
	while (text->bytes[text->length - 1] == ' ')
		text->length--;
	text_add(text, "\n");
}

void history_view_text(const struct history_trend *trend, struct text *text)
{
	size_t first = trend->nr > WIDE ? trend->nr - WIDE : 0;
	double low = trend->points[first].value, high = low;

	for (size_t i = first; i < trend->nr; i++) {
		low = fmin(low, trend->points[i].value);
		high = fmax(high, trend->points[i].value);
	}
	text_print(text, "%s  %s, %s to %s\n", trend->event,
		   *trend->function ? trend->function : "(total)", trend->points[first].label,
		   trend->points[trend->nr - 1].label);
	for (int row = high > low ? ROWS - 1 : 0; row >= 0; row--)
		put_row(trend, first, row, low, high, text);
	text_add(text, "               +");
	for (size_t i = first; i < trend->nr; i++) {
		bool change = false;

		for (size_t j = 0; j < trend->nr_changes; j++)
			change |= trend->changes[j] == i;
		text_add(text, change ? "^" : "-");
	}
	text_add(text, "\n");
	for (size_t j = 0; j < trend->nr_changes; j++)
		history_view_change(trend, j, text);
}

/* A string for gnuplot, which has no escapes in single quotes but ''. */
static void put_quoted(struct text *text, const char *string)
{
	text_add(text, "'");
	for (; *string; string++)
		if ((unsigned char)*string >= 0x20)
			text_add_bytes(text, *string == '\'' ? "''" : string,
				       *string == '\'' ? 2 : 1);
	text_add(text, "'");
}

static void put_script(const struct history_trend *trend, bool svg, struct text *text)
{
	size_t every = trend->nr / 20 + 1;

	text_add(text, svg ? "set terminal svg size 900,420 dynamic noenhanced name 'trend'\n"
			   : "set terminal png size 900,420 noenhanced\n");
	text_add(text, "set title ");
	put_quoted(text, *trend->function ? trend->function : "total");
	text_add(text, "\nset ylabel ");
	put_quoted(text, trend->event);
	text_add(text, "\nset key off\nset grid ytics\nset xtics rotate by -45 (");
	for (size_t i = 0; i < trend->nr; i += every) {
		text_add(text, i ? ", " : "");
		put_quoted(text, trend->points[i].label);
		text_print(text, " %zu", i);
	}
	text_print(text, ")\nset xrange [-0.5:%zu.5]\nset offsets 0, 0, graph 0.1, graph 0.1\n",
		   trend->nr - 1);
	for (size_t i = 0; i < trend->nr_changes; i++)
		text_print(text,
			   "set arrow from %zu.5, graph 0 to %zu.5, graph 1 nohead dashtype 2 "
			   "linecolor rgb '#c00000'\n",
			   trend->changes[i] - 1, trend->changes[i] - 1);
	text_add(text, "plot '-' using 1:2 with linespoints pointtype 7 pointsize 0.6\n");
	for (size_t i = 0; i < trend->nr; i++)
		text_print(text, "%zu %.17g\n", i, trend->points[i].value);
	text_add(text, "e\n");
}

/* Read all of a descriptor. */
static bool read_all(int fd, struct text *text)
{
	char bytes[65536];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof bytes)) != 0) {
		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0)
			text_add_bytes(text, bytes, got);
	}
	return true;
}

static void __attribute__((noreturn)) become_gnuplot(int in, int out)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execlp("gnuplot", "gnuplot", "-", (char *)NULL);
	_exit(127);
}

/* Run gnuplot on a script in a file without a name; what it draws comes
   through a pipe. */
static int draw(const struct text *script, struct text *drawn)
{
	FILE *in = tmpfile();
	int ends[2], status = -1;
	pid_t child;

	if (in == NULL || fwrite(script->bytes, 1, script->length, in) != script->length ||
	    fflush(in) != 0 || pipe(ends) != 0) {
		if (in != NULL)
			fclose(in);
		return -1;
	}
	rewind(in);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		become_gnuplot(fileno(in), ends[1]);
	}
	close(ends[1]);
	if (child > 0) {
		if (!read_all(ends[0], drawn))
			drawn->length = 0;
		waitpid(child, &status, 0);
	}
	close(ends[0]);
	fclose(in);
	return status;
}

bool history_view_chart(const struct history_trend *trend, const char *path,
			struct failure *failure)
{
	struct text script = {0}, drawn = {0};
	size_t length = strlen(path);
	bool svg = length > 4 && strcmp(path + length - 4, ".svg") == 0, good;
	int status;

	put_script(trend, svg, &script);
	status = draw(&script, &drawn);
	good = status == 0 && drawn.length > 0;
	if (!good)
		failure_set(failure, EXIT_OUTPUT, "%s: %s", path,
			    status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 127
				? "gnuplot is missing (package gnuplot-nox); without -o the chart "
				  "is text"
				: "gnuplot failed");
	good = good && output_write(path, &drawn, failure);
	text_free(&script);
	text_free(&drawn);
	return good;
}
