/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs as a table: docs/runs.schema.json. */
#include <stdlib.h>

#include "alloc.h"
#include "gate_read.h"

#define OTHER "[other]"

/* Numbers of up to 2^53 are exact in 17 digits. */
static void put_number(struct text *text, double number)
{
	text_print(text, "%.17g", number);
}

/* Which functions stand for themselves; free() it. */
static bool *choose(const struct gate_data *data, const struct gate_side *side, double fold)
{
	bool *chosen = must_calloc(data->nr_functions + 1, sizeof *chosen);

	for (uint32_t f = 0; f < data->nr_functions; f++) {
		for (size_t event = 0; event < data->nr_events && !chosen[f]; event++) {
			double sum = 0, total = 0;

			for (size_t i = 0; i < side->nr; i++) {
				sum += gate_value(&side->runs[i], f, event);
				if (event < side->runs[i].nr_quality)
					total += side->runs[i].quality[event].total;
			}
			chosen[f] = sum > 0 && sum >= fold * total;
		}
	}
	return chosen;
}

static void put_facts(const struct gate_side *side, struct text *text)
{
	text_add(text, "  \"facts\": {");
	for (size_t i = 0; side->nr && i < side->runs[0].nr_facts; i++) {
		text_add(text, i ? ", " : "");
		text_add_json(text, side->runs[0].facts[i].label);
		text_add(text, ": ");
		text_add_json(text, side->runs[0].facts[i].value);
	}
	text_add(text, "},\n");
}

static void put_functions(const struct gate_data *data, const bool *chosen, struct text *text)
{
	text_add(text, "  \"functions\": [\n");
	for (uint32_t f = 0; f < data->nr_functions; f++) {
		if (!chosen[f])
			continue;
		text_add(text, "    {\"function\": ");
		text_add_json(text, gate_function_name(data, f));
		text_add(text, ", \"object\": ");
		text_add_json(text, gate_function_object(data, f));
		if (data->functions[f].inlined != 0) {
			text_add(text, ", \"inlined\": ");
			text_add_json(text, names_text(data->names, data->functions[f].inlined));
		}
		text_print(text, ", \"workload\": %s},\n",
			   data->functions[f].workload ? "true" : "false");
	}
	text_add(text, "    {\"function\": \"" OTHER "\", \"object\": \"" OTHER
		       "\", \"workload\": false}\n  ],\n");
}

static void put_values(const struct gate_data *data, const struct gate_run *run, const bool *chosen,
		       struct text *text)
{
	for (size_t event = 0; event < data->nr_events; event++) {
		double others = 0;

		text_add(text, event ? ", [" : "[");
		for (uint32_t f = 0; f < data->nr_functions; f++) {
			if (!chosen[f]) {
				others += gate_value(run, f, event);
				continue;
			}
			put_number(text, gate_value(run, f, event));
			text_add(text, ", ");
		}
		put_number(text, others);
		text_add(text, "]");
	}
}

static void put_quality(const struct gate_data *data, const struct gate_run *run, struct text *text)
{
	for (size_t event = 0; event < data->nr_events; event++) {
		static const struct gate_quality none;
		const struct gate_quality *q =
		    event < run->nr_quality ? &run->quality[event] : &none;

		text_print(text,
			   "%s{\"total\": %.17g, \"samples\": %.17g, \"lost\": %.17g, "
			   "\"throttled\": %.17g, \"running\": %.17g, \"chains\": %.17g, "
			   "\"broken\": %.17g}",
			   event ? ", " : "", q->total, q->samples, q->lost, q->throttled,
			   q->running, q->chains, q->broken);
	}
}

static void put_run(const struct gate_data *data, const struct gate_run *run, const bool *chosen,
		    struct text *text)
{
	text_add(text, "    {\"source\": ");
	text_add_json(text, run->source);
	if (run->start > 0)
		text_print(text, ", \"start\": %.0f", run->start);
	text_print(text, ", \"perturbed\": %s, \"failed\": %s, \"incomplete\": %s,\n     ",
		   run->perturbed ? "true" : "false", run->failed ? "true" : "false",
		   run->incomplete ? "true" : "false");
	text_add(text, "\"quality\": [");
	put_quality(data, run, text);
	text_add(text, "],\n     \"values\": [");
	put_values(data, run, chosen, text);
	text_add(text, "]}");
}

void gate_write_runs(const struct gate_data *data, enum gate_side_name name, double fold,
		     struct text *text)
{
	const struct gate_side *side = &data->sides[name];
	bool *chosen = choose(data, side, fold);

	text_print(text, "{\n  \"format\": 1,\n  \"kind\": \"runs\",\n  \"regime\": \"%s\",\n",
		   gate_regime_name(data->regime));
	put_facts(side, text);
	text_add(text, "  \"events\": [");
	for (size_t event = 0; event < data->nr_events; event++) {
		text_add(text, event ? ", {\"name\": " : "{\"name\": ");
		text_add_json(text, data->events[event].name);
		text_add(text, "}");
	}
	text_add(text, "],\n");
	put_functions(data, chosen, text);
	text_add(text, "  \"runs\": [\n");
	for (size_t i = 0; i < side->nr; i++) {
		put_run(data, &side->runs[i], chosen, text);
		text_add(text, i + 1 < side->nr ? ",\n" : "\n");
	}
	text_add(text, "  ]\n}\n");
	free(chosen);
}
