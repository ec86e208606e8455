/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "gate_rules.h"
#include "input.h"
#include "text.h"

#define MOST_WORDS 64

struct line {
	const char *path;
	unsigned int number;
	char *words[MOST_WORDS];
	size_t nr;
	struct failure *failure;
};

static const struct {
	const char *name;
	size_t least_words;
	const char *usage;
} kinds[] = {
    [GATE_BUDGET] = {"budget", 4, "budget EVENT FUNCTION[@OBJECT] LIMIT"},
    [GATE_TOTAL] = {"total", 3, "total EVENT LIMIT"},
    [GATE_TOLERANCE] = {"tolerance", 4, "tolerance EVENT FUNCTION[@OBJECT] LIMIT"},
    [GATE_SUPPRESS] = {"suppress", 5,
		       "suppress EVENT FUNCTION[@OBJECT] owner=NAME expires=YYYY-MM-DD "
		       "[REASON...]"},
};

#define NR_KINDS (sizeof kinds / sizeof *kinds)

static bool wrong(const struct line *line, const char *what, const char *word)
{
	failure_set(line->failure, EXIT_FORMAT, "%s:%u: %s%s%s%s", line->path, line->number, what,
		    word ? " \"" : "", word ? word : "", word ? "\"" : "");
	return false;
}

/* Cut a line into words, in place. */
static bool split(struct line *line, char *text)
{
	line->nr = 0;
	for (;;) {
		bool quoted;
		char *end;

		text += strspn(text, " \t\r");
		if (*text == '\0' || *text == '#')
			return true;
		if (line->nr == MOST_WORDS)
			return wrong(line, "too many words", NULL);
		quoted = *text == '"';
		text += quoted;
		end = text + strcspn(text, quoted ? "\"" : " \t\r");
		if (quoted && *end != '"')
			return wrong(line, "a quote is not closed:", text);
		line->words[line->nr++] = text;
		if (*end == '\0')
			return true;
		*end = '\0';
		text = end + 1;
	}
}

static bool parse_limit(const struct line *line, struct gate_rule *rule, const char *word)
{
	char *end;

	rule->limit = strtod(word, &end);
	rule->percent = *end == '%';
	if (end == word || end[rule->percent] != '\0' || !(rule->limit >= 0) ||
	    !isfinite(rule->limit))
		return wrong(line, "no number of events or percentage:", word);
	if (rule->percent)
		rule->limit /= 100;
	return true;
}

static bool is_date(const char *word)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, length = 0;

	return strlen(word) == 10 &&
	       sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3 && length == 10 &&
	       month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool parse_suppression(const struct line *line, struct gate_rule *rule)
{
	struct text reason = {0};

	for (size_t i = 3; i < line->nr; i++) {
		char *word = line->words[i];

		if (strncmp(word, "owner=", 6) == 0 && word[6] && rule->owner == NULL)
			rule->owner = must_copy(word + 6, strlen(word + 6));
		else if (strncmp(word, "expires=", 8) == 0 && rule->expires == NULL)
			rule->expires = must_copy(word + 8, strlen(word + 8));
		else
			text_print(&reason, "%s%s", reason.length ? " " : "", word);
	}
	text_add_bytes(&reason, "", 1);
	rule->reason = reason.bytes;
	if (rule->owner == NULL)
		return wrong(line, "a suppression needs an owner: owner=NAME", NULL);
	if (rule->expires == NULL)
		return wrong(line, "a suppression needs an end: expires=YYYY-MM-DD", NULL);
	return is_date(rule->expires) || wrong(line, "no date as YYYY-MM-DD:", rule->expires);
}

/* FUNCTION or FUNCTION@OBJECT. */
static void parse_function(struct gate_rule *rule, const char *word)
{
	const char *at = strrchr(word, '@');

	rule->function = must_copy(word, at ? (size_t)(at - word) : strlen(word));
	if (at != NULL)
		rule->object = must_copy(at + 1, strlen(at + 1));
}

static bool parse_rule(struct gate_rules *rules, const struct line *line, const char *today)
{
	struct gate_rule *rule;
	size_t kind;

	for (kind = 0; kind < NR_KINDS && strcmp(line->words[0], kinds[kind].name); kind++)
		continue;
	if (kind == NR_KINDS)
		return wrong(line, "no rule (budget, total, tolerance, suppress):", line->words[0]);
	if (line->nr < kinds[kind].least_words ||
	    (kind != GATE_SUPPRESS && line->nr > kinds[kind].least_words))
		return wrong(line, "it is", kinds[kind].usage);
	rules->list = must_grow(rules->list, &rules->capacity, rules->nr + 1, sizeof *rules->list);
	rule = &rules->list[rules->nr++];
	*rule = (struct gate_rule){.kind = kind, .line = line->number};
	rule->event = must_copy(line->words[1], strlen(line->words[1]));
	if (kind == GATE_TOTAL)
		return parse_limit(line, rule, line->words[2]);
	parse_function(rule, line->words[2]);
	if (kind != GATE_SUPPRESS)
		return parse_limit(line, rule, line->words[3]);
	if (!parse_suppression(line, rule))
		return false;
	rule->expired = strcmp(rule->expires, today) < 0;
	return true;
}

static bool parse(struct gate_rules *rules, char *text, const char *today, struct line *line)
{
	char *rest = text, *next;

	while ((next = strsep(&rest, "\n")) != NULL) {
		line->number++;
		if (!split(line, next) || (line->nr > 0 && !parse_rule(rules, line, today)))
			return false;
	}
	return true;
}

bool gate_rules_read(struct gate_rules *rules, const char *path, const char *today,
		     struct failure *failure)
{
	struct line line = {.path = path, .failure = failure};
	struct input input;
	char *text;
	bool good;

	rules->path = path;
	if (!input_open(&input, path, failure))
		return false;
	if (input.size && memchr(input.bytes, '\0', input.size) != NULL) {
		failure_set(failure, EXIT_FORMAT, "%s: not a text of rules", path);
		input_close(&input);
		return false;
	}
	text = must_copy(input.bytes ? input.bytes : "", input.size);
	good = parse(rules, text, today, &line);
	free(text);
	input_close(&input);
	return good;
}

bool gate_rules_check(const struct gate_rules *rules, const struct gate_data *data,
		      struct failure *failure)
{
	for (size_t i = 0; i < rules->nr; i++) {
		const struct gate_rule *rule = &rules->list[i];
		struct text names = {0};

		if (strcmp(rule->event, "*") == 0 ||
		    gate_find_event(data, rule->event) < data->nr_events)
			continue;
		for (size_t event = 0; event < data->nr_events; event++)
			text_print(&names, "%s%s", event ? ", " : "", data->events[event].name);
		failure_set(failure, EXIT_FORMAT, "%s:%u: unknown event \"%s\"; there are: %.*s",
			    rules->path, rule->line, rule->event, (int)names.length, names.bytes);
		text_free(&names);
		return false;
	}
	return true;
}

static bool fits(const struct gate_rule *rule, const struct gate_data *data, size_t event,
		 uint32_t function)
{
	if (strcmp(rule->event, "*") != 0 && strcmp(rule->event, data->events[event].name) != 0)
		return false;
	if (rule->kind == GATE_TOTAL || function == NO_FUNCTION)
		return rule->kind == GATE_TOTAL && function == NO_FUNCTION;
	if (fnmatch(rule->function, gate_function_name(data, function), 0) != 0)
		return false;
	return rule->object == NULL ||
	       fnmatch(rule->object, gate_function_object(data, function), 0) == 0;
}

struct gate_rule *gate_rules_find(const struct gate_rules *rules, enum gate_rule_kind kind,
				  const struct gate_data *data, size_t event, uint32_t function)
{
	for (size_t i = rules->nr; i-- > 0;) {
		struct gate_rule *rule = &rules->list[i];

		if (rule->kind == kind && fits(rule, data, event, function)) {
			rule->used = true;
			return rule;
		}
	}
	return NULL;
}

double gate_limit(const struct gate_rule *rule, double base)
{
	if (rule == NULL)
		return 0;
	return rule->percent ? rule->limit * base : rule->limit;
}

void gate_rules_free(struct gate_rules *rules)
{
	for (size_t i = 0; i < rules->nr; i++) {
		struct gate_rule *rule = &rules->list[i];

		free(rule->event);
		free(rule->function);
		free(rule->object);
		free(rule->owner);
		free(rule->expires);
		free(rule->reason);
	}
	free(rules->list);
	memset(rules, 0, sizeof *rules);
}
