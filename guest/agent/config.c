/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "key value" lines into struct config. */
#include <string.h>
#include <mach/perf_stream.h>
#include "config.h"

#define MIN_RING	4096
#define MAX_RING	(64UL << 20)
#define MAX_STACK_SHIFT 4096
#define MAX_INTERVAL	1000000

/* A decimal number, and nothing but one. */
static bool number(const char *text, uint64_t *value)
{
	*value = 0;
	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (unsigned)(*text - '0'), value))
			return false;
	}
	return *text == '\0';
}

static const char *set_version(struct config *config, char *value)
{
	uint64_t version;

	(void)config;
	if (!number(value, &version))
		return "version is not a number";
	return version == PERF_STREAM_VERSION ? NULL : "made by a recorder of another version";
}

static const char *set_workload(struct config *config, char *value)
{
	if (*value == '\0' || strchr(value, '/') != NULL)
		return "workload is not a plain name";
	if (strlen(value) > CONFIG_NAME_MAX)
		return "the workload's name is too long";
	config->workload = value;
	return NULL;
}

static const char *add_argument(struct config *config, char *value)
{
	if (config->nr_arguments == CONFIG_MAX_ARGUMENTS)
		return "too many arguments";
	config->arguments[config->nr_arguments++] = value;
	return NULL;
}

static const char *set_scope(struct config *config, char *value)
{
	config->system_scope = strcmp(value, "system") == 0;
	return config->system_scope || strcmp(value, "task") == 0 ? NULL
								  : "scope is task or system";
}

static const char *set_ring_size(struct config *config, char *value)
{
	if (!number(value, &config->ring_size) || config->ring_size < MIN_RING ||
	    config->ring_size > MAX_RING || (config->ring_size & (config->ring_size - 1)) != 0)
		return "ring-size is not a power of two from 4096 to 67108864";
	return NULL;
}

static const char *set_watermark(struct config *config, char *value)
{
	return number(value, &config->watermark) ? NULL : "watermark is not a number";
}

/* "INDEX LEADER" */
static const char *set_group(struct config *config, char *value)
{
	char *second = strchr(value, ' ');
	uint64_t index, leader;

	if (second == NULL)
		return "group needs an event and its leader";
	*second++ = '\0';
	if (!number(value, &index) || !number(second, &leader) || index >= CONFIG_MAX_EVENTS ||
	    leader >= index)
		return "group is not an event and one before it";
	if (config->leader[index] != 0 || config->leader[leader] != 0)
		return "an event is in two groups";
	config->leader[index] = (uint8_t)(leader + 1);
	return NULL;
}

static const char *set_stack_shift(struct config *config, char *value)
{
	if (!number(value, &config->stack_shift) || config->stack_shift > MAX_STACK_SHIFT ||
	    config->stack_shift % 16 != 0)
		return "stack-shift is not a multiple of 16 up to 4096";
	return NULL;
}

static const char *set_delay(struct config *config, char *value)
{
	return number(value, &config->delay) ? NULL : "delay is not a number";
}

static const char *set_per_cpu(struct config *config, char *value)
{
	config->per_cpu = true;
	return *value == '\0' ? NULL : "per-cpu has no value";
}

static const char *set_interval(struct config *config, char *value)
{
	return number(value, &config->interval) && config->interval != 0 &&
		       config->interval <= MAX_INTERVAL
		   ? NULL
		   : "interval is not a number of milliseconds up to 1000000";
}

static const char *set_budget(struct config *config, char *value)
{
	return number(value, &config->budget) && config->budget >= 1 && config->budget <= 100
		   ? NULL
		   : "budget is not a number of percent from 1 to 100";
}

static const struct {
	const char *name;
	const char *(*set)(struct config *, char *);
	bool repeats;
} keys[] = {
    {"version", set_version, false},	 {"workload", set_workload, false},
    {"arg", add_argument, true},	 {"scope", set_scope, false},
    {"ring-size", set_ring_size, false}, {"watermark", set_watermark, false},
    {"group", set_group, true},		 {"stack-shift", set_stack_shift, false},
    {"delay", set_delay, false},	 {"per-cpu", set_per_cpu, false},
    {"interval", set_interval, false},	 {"budget", set_budget, false},
};

#define NR_KEYS (sizeof keys / sizeof keys[0])

static const char *parse_line(struct config *config, char *line, unsigned *seen)
{
	char *value = strchr(line, ' ');

	if (value != NULL)
		*value++ = '\0';
	else
		value = line + strlen(line);
	for (unsigned i = 0; i < NR_KEYS; i++) {
		if (strcmp(line, keys[i].name) != 0)
			continue;
		if ((*seen & 1U << i) != 0 && !keys[i].repeats)
			return "a key that was given before";
		*seen |= 1U << i;
		return keys[i].set(config, value);
	}
	return "an unknown key";
}

static const char *check_whole(const struct config *config, unsigned seen)
{
	if ((seen & 1) == 0)
		return "version is missing";
	if (config->ring_size == 0)
		return "ring-size is missing";
	if (config->watermark > config->ring_size)
		return "watermark is larger than ring-size";
	if (config->workload == NULL && !config->system_scope)
		return "workload is missing";
	if (config->per_cpu && !config->system_scope)
		return "per-cpu without scope system";
	if (config->workload == NULL && config->nr_arguments != 0)
		return "arguments without a workload";
	return NULL;
}

struct config_error config_parse(char *text, size_t size, struct config *config)
{
	char *end = text + size;
	unsigned seen = 0, line = 0;

	*config = (struct config){0};
	while (text < end) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *what;

		line++;
		if (newline == NULL)
			return (struct config_error){line, "the last line has no end"};
		if (memchr(text, '\0', (size_t)(newline - text)) != NULL)
			return (struct config_error){line, "a NUL character"};
		*newline = '\0';
		what = parse_line(config, text, &seen);
		if (what != NULL)
			return (struct config_error){line, what};
		text = newline + 1;
	}
	return (struct config_error){0, check_whole(config, seen)};
}
