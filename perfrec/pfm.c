/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpfm4 knows the events of each processor by the vendor's names.  Those of
 * the emulated processor are asked for, whatever the host is.
 */
#include <perfmon/pfmlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_codes.h"
#include "pfm.h"

/* What libpfm4 calls the processor that machine.c names. */
#define PMU_ID	   PFM_PMU_INTEL_NHM
#define PMU_PREFIX "nhm::"

/* Fields of an encoding that libpfm4 fills in, and their event select bits. */
#define SEL_USR	 (1ULL << 16)
#define SEL_OS	 (1ULL << 17)
#define SEL_MODE (SEL_USR | SEL_OS | 1ULL << 20 | 1ULL << 22)

/* Edge, inversion and counter mask. */
#define SEL_OTHER 0xff840000ULL

/* The reference cycles, which only a fixed counter has. */
#define FIXED_REF_CYCLES 0x0300

static bool start_pfm(bool of_host)
{
	/* Encode for processors that are not the host's. */
	if (!of_host)
		setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	return pfm_initialize() == PFM_SUCCESS;
}

/* The first register's value for a libpfm4 name with its processor's prefix; an
   error of libpfm4. */
static int encode(const char *name, uint64_t *value)
{
	pfm_pmu_encode_arg_t arg = {.size = sizeof(arg)};
	int error = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_NONE, &arg);

	if (error == PFM_SUCCESS) {
		*value = arg.codes[0];
		if (arg.count > 1)
			error = PFM_ERR_NOTSUPP; /* it needs another register too */
		free(arg.codes);
	}
	return error;
}

/* A processor that does have such an event; NULL: none has. */
static const char *other_owner(const char *text)
{
	pfm_pmu_info_t info = {.size = sizeof(info)};
	char name[MAX_EVENT_TEXT + 64];
	uint64_t value;
	int id;

	for (id = 0; id < PFM_PMU_MAX; id++) {
		if (pfm_get_pmu_info(id, &info) != PFM_SUCCESS || info.type != PFM_PMU_TYPE_CORE)
			continue;
		snprintf(name, sizeof(name), "%s::%s", info.name, text);
		if (encode(name, &value) == PFM_SUCCESS)
			return info.desc;
	}
	return NULL;
}

/* Say why the processor does not have it. */
static int refuse(const char *text, int error, bool of_host)
{
	const char *owner;
	char name[MAX_EVENT_TEXT];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, ":"), text);
	if (error == PFM_ERR_NOTSUPP)
		return fail(EXIT_UNSUPPORTED_EVENT,
			    "event '%s' needs more than a counter, which is not supported", text);
	if (error == PFM_ERR_ATTR || error == PFM_ERR_ATTR_VAL || error == PFM_ERR_UMASK ||
	    error == PFM_ERR_FEATCOMB || error == PFM_ERR_ATTR_SET)
		return fail(EXIT_UNKNOWN_EVENT, "event '%s': %s of %s", text, pfm_strerror(error),
			    name);
	if (of_host)
		return fail(EXIT_UNKNOWN_EVENT,
			    "event '%s' is neither perfrec's nor one of this host's processor",
			    text);
	owner = other_owner(text);
	if (owner)
		return fail(EXIT_UNSUPPORTED_EVENT,
			    "event '%s' is one of %s; the emulated processor is a Nehalem", text,
			    owner);
	return unknown_event(text);
}

/* Take the terms between slashes off name, which holds the text of event, into
   *event; what stands behind them becomes a modifier of the name.  An exit
   code. */
static int take_terms(struct event *event, char *name, size_t size)
{
	char terms[MAX_EVENT_TEXT], modifiers[MAX_EVENT_TEXT];
	char *slash = strchr(name, '/'), *end;

	if (!slash)
		return EXIT_GOOD;
	snprintf(terms, sizeof(terms), "%s", slash + 1);
	end = strchr(terms, '/');
	if (!end)
		return fail(EXIT_USAGE, "event '%s': no slash ends its terms", event->text);
	*end = '\0';
	snprintf(modifiers, sizeof(modifiers), "%s", end + 1 + (end[1] == ':'));
	snprintf(slash, size - (slash - name), "%s%s", *modifiers ? ":" : "", modifiers);
	return parse_terms(event, terms, false, event->text);
}

int parse_pfm_event(struct event *event, bool of_host)
{
	char whole[MAX_EVENT_TEXT + sizeof(PMU_PREFIX)] = PMU_PREFIX;
	char *const text = whole + strlen(PMU_PREFIX);
	const char *const name = of_host ? text : whole;
	uint64_t value;
	int error, code;

	snprintf(text, MAX_EVENT_TEXT, "%.*s", (int)strcspn(event->text, "/"), event->text);
	if (!start_pfm(of_host))
		return unknown_event(text);
	error = encode(name, &value);
	if (error != PFM_SUCCESS)
		return refuse(text, error, of_host);
	snprintf(text, MAX_EVENT_TEXT, "%s", event->text);
	code = take_terms(event, text, MAX_EVENT_TEXT);
	if (code)
		return code;
	error = encode(name, &value);
	if (error != PFM_SUCCESS)
		return refuse(text, error, of_host);
	event->type = PERF_TYPE_RAW;
	event->config = value & ~SEL_MODE;
	if (event->config == FIXED_REF_CYCLES) {
		event->type = PERF_TYPE_HARDWARE;
		event->config = PERF_COUNT_HW_REF_CPU_CYCLES;
	}
	event->exclude_user = !(value & SEL_USR);
	event->exclude_kernel = !(value & SEL_OS);
	if (!event->name[0] &&
	    snprintf(event->name, sizeof(event->name), "%s", text) >= (int)sizeof(event->name))
		return fail(EXIT_USAGE, "event '%s': too long", event->text);
	return EXIT_GOOD;
}

/* Print NAME, or NAME:UMASK, if its encoding is counted. */
static void print_counted(const char *event, const char *umask, const char *description)
{
	char name[MAX_EVENT_TEXT];
	uint64_t value;

	snprintf(name, sizeof(name), PMU_PREFIX "%s%s%s", event, umask ? ":" : "",
		 umask ? umask : "");
	if (encode(name, &value) == PFM_SUCCESS && !(value & SEL_OTHER) && is_modelled(value))
		printf("  %-46s %.*s\n", name + strlen(PMU_PREFIX), (int)strcspn(description, ".;"),
		       description);
}

static void print_event(int index)
{
	pfm_event_info_t event = {.size = sizeof(event)};
	unsigned int nr_umasks = 0;
	int n;

	if (pfm_get_event_info(index, PFM_OS_NONE, &event) != PFM_SUCCESS)
		return;
	for (n = 0; n < event.nattrs; n++) {
		pfm_event_attr_info_t attr = {.size = sizeof(attr)};

		if (pfm_get_event_attr_info(index, n, PFM_OS_NONE, &attr) != PFM_SUCCESS ||
		    attr.type != PFM_ATTR_UMASK)
			continue;
		nr_umasks++;
		print_counted(event.name, attr.name, attr.desc);
	}
	if (nr_umasks == 0)
		print_counted(event.name, NULL, event.desc);
}

void list_pfm_events(void)
{
	pfm_pmu_info_t info = {.size = sizeof(info)};
	int index;

	if (!start_pfm(false) || pfm_get_pmu_info(PMU_ID, &info) != PFM_SUCCESS)
		return;
	for (index = info.first_event; index != -1; index = pfm_get_event_next(index))
		print_event(index);
}
