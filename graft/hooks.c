/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"

#include "status.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 7

static const char inlined_option[] = "inlined=";

static const struct {
	const char *name;
	size_t words;
	const char *form;
} kinds[] = {
    [HOOK_WRAP] = {"wrap", 3, "wrap FUNCTION HANDLER"},
    [HOOK_BEFORE] = {"before", 4, "before FUNCTION HANDLER FLAG [NARGS]"},
    [HOOK_AFTER] = {"after", 5, "after FUNCTION HANDLER FLAG NARGS"},
};

#define NR_KINDS (sizeof kinds / sizeof *kinds)

const char *hook_kind_name(enum hook_kind kind)
{
	return kinds[kind].name;
}

/* Cuts line into words in place; returns how many, at most MAX_WORDS. */
static size_t split(char *line, char *words[MAX_WORDS])
{
	size_t count = 0;
	char *rest = NULL;

	line[strcspn(line, "#")] = '\0';
	for (char *word = strtok_r(line, " \t\r", &rest); word && count < MAX_WORDS;
	     word = strtok_r(NULL, " \t\r", &rest))
		words[count++] = word;
	return count;
}

static bool is_symbol(const char *word)
{
	if (isdigit((unsigned char)*word))
		return false;
	for (; *word; word++)
		if (!isalnum((unsigned char)*word) && *word != '_' && *word != '.')
			return false;
	return true;
}

static int parse_args(const struct hooks *hooks, unsigned line, const char *word, unsigned *count)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (!isdigit((unsigned char)*word) || *end || value > HOOK_MAX_ARGS)
		return refuse("%s:%u: %s: the number of arguments is 0 to %d", hooks->path, line,
			      word, HOOK_MAX_ARGS);
	*count = (unsigned)value;
	return STATUS_OK;
}

static int check_words(const struct hooks *hooks, unsigned line, size_t kind, char **words,
		       size_t count)
{
	if (kind == NR_KINDS)
		return refuse("%s:%u: %s: a hook is wrap, before or after", hooks->path, line,
			      words[0]);
	if (count != kinds[kind].words && !(kind == HOOK_BEFORE && count == kinds[kind].words + 1))
		return refuse("%s:%u: expected: %s", hooks->path, line, kinds[kind].form);
	for (size_t i = 1; i < count && i < 4; i++)
		if (!is_symbol(words[i]))
			return refuse("%s:%u: %s: not a symbol name", hooks->path, line, words[i]);
	for (size_t i = 0; i < hooks->count; i++)
		if (!strcmp(hooks->all[i].function, words[1]))
			return refuse("%s:%u: %s is already hooked in line %u", hooks->path, line,
				      words[1], hooks->all[i].line);
	return STATUS_OK;
}

/* Takes the option off the end of the words, if it is there. */
static const char *take_inlined(char **words, size_t *count)
{
	size_t length = strlen(inlined_option);

	if (!*count || strncmp(words[*count - 1], inlined_option, length))
		return NULL;
	return words[--*count] + length;
}

static int parse_line(struct hooks *hooks, unsigned line, char *text)
{
	char *words[MAX_WORDS];
	size_t count = split(text, words);
	const char *inlined = take_inlined(words, &count);
	size_t kind = 0;
	struct hook hook = {.line = line};
	int status;

	if (!count)
		return inlined
			   ? refuse("%s:%u: no hook before %s", hooks->path, line, inlined_option)
			   : STATUS_OK;
	while (kind < NR_KINDS && strcmp(words[0], kinds[kind].name))
		kind++;
	status = check_words(hooks, line, kind, words, count);
	if (!status && count == 5) {
		hook.has_args = true;
		status = parse_args(hooks, line, words[4], &hook.nr_args);
	}
	if (status)
		return status;
	hook.kind = (enum hook_kind)kind;
	hook.function = xstrdup(words[1]);
	hook.handler = xstrdup(words[2]);
	hook.flag = kind == HOOK_WRAP ? NULL : xstrdup(words[3]);
	hook.inlined = inlined ? xstrdup(inlined) : NULL;
	hooks->all = xrealloc(hooks->all, (hooks->count + 1) * sizeof *hooks->all);
	hooks->all[hooks->count++] = hook;
	return STATUS_OK;
}

int hooks_read(struct hooks *hooks, const char *path)
{
	struct buffer text = {0};
	unsigned number = 0;
	int status;

	*hooks = (struct hooks){.path = path};
	status = file_read(path, &text);
	if (status)
		return status;
	if (memchr(text.data, '\0', text.size)) {
		buffer_free(&text);
		return refuse("%s: not a text file", path);
	}
	buffer_append(&text, "", 1);
	for (char *line = (char *)text.data, *next; line && !status; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		status = parse_line(hooks, ++number, line);
	}
	buffer_free(&text);
	if (!status && !hooks->count)
		status = refuse("%s: no hook in it", path);
	return status;
}

void hooks_free(struct hooks *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		struct hook *hook = &hooks->all[i];

		free(hook->function);
		free(hook->handler);
		free(hook->flag);
		free(hook->inlined);
		free(hook->sites);
		free(hook->entry);
	}
	free(hooks->all);
	*hooks = (struct hooks){0};
}
