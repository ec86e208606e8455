/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame costs a look into a table of recent addresses and a few loads from
 * the dump; only the first visit of an address asks libunwind or libdw.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "hash.h"
#include "unwind.h"
#include "unwind_libdw.h"
#include "unwind_libunwind.h"

#define NR_RECENT 16384 /* a power of two */

struct recent {
	uint64_t address;
	uint32_t version; /* of the address space; 0: nothing here */
	uint32_t rule;	  /* index */
};

struct known_rule {
	const struct object *object;
	uint64_t address; /* in the object */
	struct rule rule;
};

struct unwinder {
	struct objects *objects;
	unw_addr_space_t space;
	struct recent recent[NR_RECENT];
	struct known_rule *rules; /* [0] is that of no object */
	size_t nr_rules, rules_capacity;
	uint32_t *slots; /* index, 0: free */
	size_t nr_slots;
	uint64_t chain[UNWIND_MAX_FRAMES];
};

/* A frame on the way. */
struct state {
	struct unwinder *unwinder;
	const struct space *maps;
	const struct unwind_machine *machine;
	const struct perfdata_sample *sample;
	uint64_t stack; /* address of the dump */
	uint64_t value[UNWIND_REGS];
	uint32_t known; /* bit n: value[n] means something */
	bool is_caller; /* pc is a return address */
	bool outside;	/* memory outside of the dump was wanted */
};

struct unwinder *unwinder_new(struct objects *objects)
{
	struct unwinder *unwinder = must_calloc(1, sizeof *unwinder);

	unwinder->objects = objects;
	unwinder->space = unwind_space_new();
	unwinder->nr_slots = 1024;
	unwinder->slots = must_calloc(unwinder->nr_slots, sizeof *unwinder->slots);
	unwinder->rules = must_grow(NULL, &unwinder->rules_capacity, 1, sizeof *unwinder->rules);
	unwinder->rules[0] = (struct known_rule){.rule = {.kind = RULE_NONE}};
	unwinder->nr_rules = 1;
	return unwinder;
}

void unwinder_free(struct unwinder *unwinder)
{
	if (unwinder == NULL)
		return;
	unwind_space_free(unwinder->space);
	free(unwinder->rules);
	free(unwinder->slots);
	free(unwinder);
}

bool unwind_wanted(const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;

	return sample->user_regs.nr != 0 && sample->stack_valid != 0 &&
	       (sample->user_regs.abi == 1 || sample->user_regs.abi == 2);
}

static uint32_t *slot_of(const struct unwinder *unwinder, const struct object *object,
			 uint64_t address)
{
	size_t mask = unwinder->nr_slots - 1;
	size_t at = hash_number(address ^ hash_number((uintptr_t)object)) & mask;

	while (unwinder->slots[at]) {
		const struct known_rule *have = &unwinder->rules[unwinder->slots[at]];

		if (have->object == object && have->address == address)
			break;
		at = (at + 1) & mask;
	}
	return &unwinder->slots[at];
}

/* mov $__NR_rt_sigreturn, %rax; syscall: how libunwind and GDB know what the
   kernel lets a signal's handler return to. */
static bool returns_from_signal(const struct image *image, uint64_t address)
{
	static const uint8_t code[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
	uint64_t room;
	const uint8_t *bytes = image_at(image, address, &room);

	return bytes != NULL && room >= sizeof code && memcmp(bytes, code, sizeof code) == 0;
}

static struct rule find_rule(struct unwinder *unwinder, struct object *object, uint64_t address,
			     const struct unwind_machine *machine)
{
	const struct image *image = object_image(unwinder->objects, object);
	struct rule rule = {.kind = RULE_NONE}, other;
	uint64_t linked;

	if (image == NULL || !image->is_x86 || image->is_64 != (machine->width == 8) ||
	    !image_address(image, address, &linked))
		return rule;
	if (image->is_64) {
		rule = rule_by_libunwind(unwinder->space, image, linked);
		/* It was looked up by the byte before, as every caller's. */
		rule.is_signal =
		    returns_from_signal(image, linked) || returns_from_signal(image, linked + 1);
		if (rule.kind != RULE_SLOW)
			return rule;
	}
	other = cfi_source_rule(object_cfi(unwinder->objects, object), machine, linked);
	other.is_signal = rule.is_signal;
	return other.kind == RULE_NONE ? rule : other;
}

static uint32_t rule_of_object(struct unwinder *unwinder, struct object *object, uint64_t address,
			       const struct unwind_machine *machine)
{
	uint32_t *slot = slot_of(unwinder, object, address);

	if (*slot)
		return *slot;
	unwinder->rules = must_grow(unwinder->rules, &unwinder->rules_capacity,
				    unwinder->nr_rules + 1, sizeof *unwinder->rules);
	unwinder->rules[unwinder->nr_rules] =
	    (struct known_rule){.object = object,
				.address = address,
				.rule = find_rule(unwinder, object, address, machine)};
	*slot = unwinder->nr_rules++;
	if (unwinder->nr_rules * 2 > unwinder->nr_slots) {
		free(unwinder->slots);
		unwinder->nr_slots *= 2;
		unwinder->slots = must_calloc(unwinder->nr_slots, sizeof *unwinder->slots);
		for (size_t i = 1; i < unwinder->nr_rules; i++)
			*slot_of(unwinder, unwinder->rules[i].object, unwinder->rules[i].address) =
			    i;
	}
	return unwinder->nr_rules - 1;
}

static const struct rule *rule_at(struct state *state, uint64_t pc)
{
	struct unwinder *unwinder = state->unwinder;
	uint32_t version = state->maps->version;
	struct recent *recent =
	    &unwinder->recent[hash_number(pc ^ (uint64_t)version << 48) & (NR_RECENT - 1)];
	const struct map *map;

	if (recent->version != version || recent->address != pc) {
		map = space_find(state->maps, pc);
		recent->version = version;
		recent->address = pc;
		recent->rule = map != NULL && !map->absolute
				   ? rule_of_object(unwinder, map->object, map_address(map, pc),
						    state->machine)
				   : 0;
	}
	return &unwinder->rules[recent->rule].rule;
}

/* A word of the dump. */
static bool read_stack(struct state *state, uint64_t address, uint64_t *value)
{
	uint64_t offset = address - state->stack, size = state->sample->stack_valid;
	unsigned int width = state->machine->width;

	if (address < state->stack || size < width || offset > size - width) {
		state->outside = true;
		return false;
	}
	*value = 0;
	memcpy(value, state->sample->stack + offset, width);
	return true;
}

static uint64_t word_mask(const struct unwind_machine *machine)
{
	return machine->width == 8 ? UINT64_MAX : UINT32_MAX;
}

static bool evaluate(struct state *state, const struct place *place, uint64_t *number)
{
	if (!(state->known >> place->reg & 1))
		return false;
	*number = (state->value[place->reg] + place->offset) & word_mask(state->machine);
	if (!place->deref)
		return true;
	if (!read_stack(state, *number, number))
		return false;
	*number = (*number + place->offset2) & word_mask(state->machine);
	return true;
}

static bool evaluate_word(struct state *state, const struct place *place, uint64_t *value)
{
	uint64_t address;

	return evaluate(state, place, &address) && read_stack(state, address, value);
}

/* Go to the caller. */
static bool apply(struct state *state, const struct rule *rule)
{
	const struct unwind_machine *machine = state->machine;
	uint64_t value[UNWIND_SAVED], cfa, caller;
	uint32_t known = 0;

	if (!evaluate(state, &rule->cfa, &cfa) || !evaluate_word(state, &rule->caller, &caller))
		return false;
	for (unsigned int i = 0; i < machine->nr_saved; i++) {
		unsigned int reg = machine->saved[i];
		bool outside = state->outside;

		value[i] = state->value[reg];
		if (rule->how[i] == SAVED_NOT
			? state->known >> reg & 1
			: rule->how[i] == SAVED_AT &&
			      evaluate_word(state, &rule->saved[i], &value[i]))
			known |= 1U << reg;
		state->outside = outside; /* only if it is needed later */
	}
	for (unsigned int i = 0; i < machine->nr_saved; i++)
		state->value[machine->saved[i]] = value[i];
	state->value[machine->sp] = cfa;
	state->value[machine->pc] = caller;
	state->known = known | 1U << machine->sp | 1U << machine->pc;
	state->is_caller = true;
	return true;
}

static const struct image *image_of(void *context, uint64_t address, uint64_t *bias)
{
	struct state *state = context;
	const struct map *map = space_find(state->maps, address);
	const struct image *image;
	uint64_t linked;

	if (map == NULL || map->absolute)
		return NULL;
	image = object_image(state->unwinder->objects, map->object);
	if (image == NULL || !image_address(image, map_address(map, address), &linked))
		return NULL;
	*bias = address - linked;
	return image;
}

/* A word of the dump, or of what is mapped. */
static bool read_memory(void *context, uint64_t address, uint64_t *value)
{
	struct state *state = context;
	const struct image *image;
	const uint8_t *bytes;
	uint64_t bias, room;

	if (address - state->stack < state->sample->stack_valid)
		return read_stack(state, address, value);
	image = image_of(context, address, &bias);
	bytes = image ? image_at(image, address - bias, &room) : NULL;
	if (bytes == NULL) {
		state->outside = true;
		return false;
	}
	memcpy(value, bytes, room < sizeof *value ? room : sizeof *value);
	return true;
}

/* Go to the caller with libunwind alone: signal frames, code without unwind
   information. */
static bool step_slowly(struct state *state)
{
	struct unwind_source source = {.word = read_memory,
				       .image = image_of,
				       .context = state,
				       .space = state->unwinder->space,
				       .known = state->known};
	unw_cursor_t cursor;
	unw_word_t value;

	memcpy(source.value, state->value, sizeof state->value);
	source.value[UNW_X86_64_RIP] -= state->is_caller;
	if (unwind_source_step(&source, &cursor) <= 0)
		return false;
	state->known = 0;
	for (unsigned int reg = 0; reg < UNWIND_REGS; reg++)
		if (unw_get_reg(&cursor, reg, &value) == 0) {
			state->value[reg] = value;
			state->known |= 1U << reg;
		}
	state->is_caller = true;
	return state->known >> UNW_X86_64_RIP & 1;
}

static bool begin(struct state *state, const struct perfdata_sample *sample)
{
	const struct perfdata_regs *regs = &sample->user_regs;
	const struct unwind_machine *machine = regs->abi == 2 ? &unwind_x86_64 : &unwind_i386;

	state->machine = machine;
	state->sample = sample;
	for (unsigned int reg = 0; reg < machine->nr; reg++) {
		uint64_t bit = 1ULL << machine->perf[reg];

		if (!(regs->mask & bit))
			continue;
		state->value[reg] =
		    regs->values[__builtin_popcountll(regs->mask & (bit - 1))] & word_mask(machine);
		state->known |= 1U << reg;
	}
	state->stack = state->value[machine->sp];
	return state->known >> machine->pc & 1 && state->known >> machine->sp & 1;
}

/* To the caller; false: there is none, and *end says why.  *at, the frame's
   address, is set right for a signal's frame. */
static bool step(struct state *state, uint64_t *at, enum unwind_end *end)
{
	const struct unwind_machine *machine = state->machine;
	uint64_t pc = state->value[machine->pc] - state->is_caller;
	uint64_t old_pc = state->value[machine->pc], old_sp = state->value[machine->sp];
	const struct rule *rule = rule_at(state, pc);
	const struct map *map;
	bool stepped;

	*at += rule->is_signal && state->is_caller;
	switch (rule->kind) {
	case RULE_END:
		*end = UNWIND_BEGINNING;
		return false;
	case RULE_PLACES:
		stepped = apply(state, rule);
		*end = state->outside ? UNWIND_DUMP : UNWIND_LOST;
		break;
	case RULE_SLOW:
		stepped = step_slowly(state);
		*end = state->outside ? UNWIND_DUMP : UNWIND_NO_INFO;
		break;
	default:
		map = space_find(state->maps, pc);
		*end =
		    map == NULL ? UNWIND_LOST
		    : map->absolute || object_image(state->unwinder->objects, map->object) == NULL
			? UNWIND_NO_FILE
			: UNWIND_NO_INFO;
		return false;
	}
	if (rule->is_signal)
		state->is_caller = false;
	if (stepped && state->value[machine->pc] == 0) {
		*end = UNWIND_BEGINNING;
		return false;
	}
	if (stepped && state->value[machine->pc] == old_pc && state->value[machine->sp] == old_sp) {
		*end = UNWIND_LOST;
		return false;
	}
	return stepped;
}

const uint64_t *unwind(struct unwinder *unwinder, const struct space *maps,
		       const struct perfdata_record *record, size_t *nr, enum unwind_end *end)
{
	struct state state = {.unwinder = unwinder, .maps = maps};

	*nr = 0;
	*end = UNWIND_LOST;
	if (!begin(&state, &record->sample))
		return unwinder->chain;
	unwinder->chain[(*nr)++] = state.value[state.machine->pc];
	while (*nr < UNWIND_MAX_FRAMES && step(&state, &unwinder->chain[*nr - 1], end)) {
		state.outside = false;
		unwinder->chain[(*nr)++] = state.value[state.machine->pc] - state.is_caller;
	}
	return unwinder->chain;
}
