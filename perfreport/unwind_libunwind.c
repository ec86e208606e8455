/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules are found by experiment.  libunwind steps from a frame whose
 * registers hold made-up numbers, far apart, in a memory where every word is
 * another made-up number.  Where the caller's registers then lie tells what
 * they were computed from.  A second experiment with other numbers must give
 * the same rule; else the frame needs its real memory.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "unwind_libunwind.h"
#include "unwind_rule.h"

/* Exported by libunwind for its other users, but declared in no header. */
extern int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t space, unw_word_t ip,
					      unw_dyn_info_t *table, unw_proc_info_t *info,
					      int need_unwind_info, void *arg);

const struct unwind_machine unwind_x86_64 = {
    .nr = 17,
    .sp = UNW_X86_64_RSP,
    .pc = UNW_X86_64_RIP,
    .width = 8,
    .nr_saved = 6,
    .saved = {UNW_X86_64_RBP, UNW_X86_64_RBX, UNW_X86_64_R12, UNW_X86_64_R13, UNW_X86_64_R14,
	      UNW_X86_64_R15},
    .perf = {0, 3, 2, 1, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8},
};

#define ENTRY_SIZE 8 /* of the binary search table in .eh_frame_hdr */

/* The search table of .eh_frame_hdr (Linux Standard Base, "Exception
   Frames"): version 1, any pointer to .eh_frame, a count in 4 bytes, entries
   relative to the section in 4 bytes each. */
static bool find_table(const struct image *image, uint64_t bias, unw_dyn_info_t *table)
{
	static const uint8_t pointer_size[16] = {
	    [DW_EH_PE_absptr] = 8, [DW_EH_PE_udata2] = 2, [DW_EH_PE_udata4] = 4,
	    [DW_EH_PE_udata8] = 8, [DW_EH_PE_sdata2] = 2, [DW_EH_PE_sdata4] = 4,
	    [DW_EH_PE_sdata8] = 8,
	};
	const uint8_t *bytes;
	uint64_t room, at;
	uint32_t count;

	bytes = image->eh_frame_hdr ? image_at(image, image->eh_frame_hdr, &room) : NULL;
	if (bytes == NULL || room < 4 || bytes[0] != 1 || bytes[2] != DW_EH_PE_udata4 ||
	    bytes[3] != (DW_EH_PE_datarel | DW_EH_PE_sdata4) || pointer_size[bytes[1] & 15] == 0)
		return false;
	at = 4 + pointer_size[bytes[1] & 15];
	if (room < at + sizeof count)
		return false;
	memcpy(&count, bytes + at, sizeof count);
	at += sizeof count;
	if (count == 0 || count > (room - at) / ENTRY_SIZE)
		return false;
	memset(table, 0, sizeof *table);
	table->format = UNW_INFO_FORMAT_REMOTE_TABLE;
	table->start_ip = 0;
	table->end_ip = UINT64_MAX;
	table->u.rti.segbase = image->eh_frame_hdr + bias;
	table->u.rti.table_data = image->eh_frame_hdr + bias + at;
	table->u.rti.table_len = (uint64_t)count * ENTRY_SIZE / sizeof(unw_word_t);
	return true;
}

static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info,
			  int need_unwind_info, void *arg)
{
	struct unwind_source *source = arg;
	const struct image *image;
	unw_dyn_info_t table;
	uint64_t bias;
	int error;

	image = source->image(source->context, ip, &bias);
	if (image == NULL || !image->is_64 || !find_table(image, bias, &table))
		return -UNW_EINVAL;
	error = UNW_OBJ(dwarf_search_unwind_table)(space, ip, &table, info, need_unwind_info, arg);
	source->found |= error == 0;
	return error;
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *arg)
{
	(void)space;
	(void)info;
	(void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t space, unw_word_t *address, void *arg)
{
	(void)space;
	(void)address;
	(void)arg;
	return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write,
		      void *arg)
{
	struct unwind_source *source = arg;

	(void)space;
	*value = 0;
	return !write && source->word(source->context, address, value) ? 0 : -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write,
		      void *arg)
{
	struct unwind_source *source = arg;

	(void)space;
	if (write || number < 0 || number > UNW_X86_64_RIP || !(source->known >> number & 1))
		return -UNW_EBADREG;
	*value = source->value[number];
	return 0;
}

static int access_fpreg(unw_addr_space_t space, unw_regnum_t number, unw_fpreg_t *value, int write,
			void *arg)
{
	(void)space;
	(void)number;
	(void)value;
	(void)write;
	(void)arg;
	return -UNW_EBADREG;
}

static int resume(unw_addr_space_t space, unw_cursor_t *cursor, void *arg)
{
	(void)space;
	(void)cursor;
	(void)arg;
	return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t space, unw_word_t address, char *name, size_t room,
			 unw_word_t *offset, void *arg)
{
	(void)space;
	(void)address;
	(void)name;
	(void)room;
	(void)offset;
	(void)arg;
	return -UNW_ENOINFO;
}

unw_addr_space_t unwind_space_new(void)
{
	unw_accessors_t accessors = {
	    .find_proc_info = find_proc_info,
	    .put_unwind_info = put_unwind_info,
	    .get_dyn_info_list_addr = get_dyn_info_list_addr,
	    .access_mem = access_mem,
	    .access_reg = access_reg,
	    .access_fpreg = access_fpreg,
	    .resume = resume,
	    .get_proc_name = get_proc_name,
	};
	unw_addr_space_t space = unw_create_addr_space(&accessors, 0);

	if (space == NULL)
		abort();
	/* What addresses mean differs from step to step. */
	unw_set_caching_policy(space, UNW_CACHE_NONE);
	return space;
}

void unwind_space_free(unw_addr_space_t space)
{
	unw_destroy_addr_space(space);
}

int unwind_source_step(struct unwind_source *source, unw_cursor_t *cursor)
{
	int result;

	source->found = false;
	result = unw_init_remote(cursor, source->space, source);
	return result == 0 ? unw_step(cursor) : result;
}

/*
 * The experiment's numbers: register n holds (n + 1) << REG_SHIFT and a bit;
 * the word that is read as the n-th holds WORDS + (n << WORD_SHIFT).
 */
#define REG_SHIFT  40
#define WORD_SHIFT 33
#define WORDS	   (1ULL << 46)
#define MIDDLE	   (1ULL << 32)
#define NR_WORDS   32

struct experiment {
	const struct image *image;
	uint64_t salt;
	uint64_t read[NR_WORDS]; /* the addresses, in order */
	unsigned int nr;
};

static uint64_t made_up_register(const struct experiment *experiment, unsigned int reg)
{
	return ((uint64_t)reg + 1) << REG_SHIFT | MIDDLE | experiment->salt;
}

static uint64_t made_up_word(const struct experiment *experiment, unsigned int n)
{
	return WORDS + ((uint64_t)n << WORD_SHIFT) + MIDDLE / 2 + experiment->salt;
}

static bool experiment_word(void *context, uint64_t address, uint64_t *value)
{
	struct experiment *experiment = context;
	const uint8_t *bytes;
	unsigned int n = 0;
	uint64_t room;

	bytes = image_at(experiment->image, address, &room);
	if (bytes != NULL) {
		if (room < sizeof *value)
			memset(value, 0, sizeof *value);
		memcpy(value, bytes, room < sizeof *value ? room : sizeof *value);
		return true;
	}
	while (n < experiment->nr && experiment->read[n] != address)
		n++;
	if (n == NR_WORDS)
		return false;
	if (n == experiment->nr)
		experiment->read[experiment->nr++] = address;
	*value = made_up_word(experiment, n);
	return true;
}

static const struct image *experiment_image(void *context, uint64_t address, uint64_t *bias)
{
	const struct experiment *experiment = context;

	(void)address;
	*bias = 0;
	return experiment->image;
}

static bool fits(int64_t offset)
{
	return offset >= INT32_MIN / 2 && offset <= INT32_MAX / 2;
}

/* What a number was computed from. */
static bool explain(const struct experiment *experiment, uint64_t number, struct place *place)
{
	int64_t offset;
	unsigned int n;

	memset(place, 0, sizeof *place);
	if (number >= WORDS) {
		n = (number - WORDS) >> WORD_SHIFT;
		if (n >= experiment->nr || experiment->read[n] >= WORDS ||
		    !explain(experiment, experiment->read[n], place))
			return false;
		offset = number - made_up_word(experiment, n);
		place->deref = true;
		place->offset2 = offset;
		return fits(offset);
	}
	n = number >> REG_SHIFT;
	if (n == 0 || n > UNWIND_REGS)
		return false;
	offset = number - made_up_register(experiment, n - 1);
	place->reg = n - 1;
	place->offset = offset;
	return fits(offset);
}

/* The address of the word that holds this number. */
static bool find_word(const struct experiment *experiment, uint64_t number, struct place *place)
{
	unsigned int n = (number - WORDS) >> WORD_SHIFT;

	return number >= WORDS && n < experiment->nr && number == made_up_word(experiment, n) &&
	       explain(experiment, experiment->read[n], place);
}

static bool find_saved(const struct experiment *experiment, unw_cursor_t *cursor, struct rule *rule)
{
	for (unsigned int i = 0; i < unwind_x86_64.nr_saved; i++) {
		unsigned int reg = unwind_x86_64.saved[i];
		unw_save_loc_t location;

		if (unw_get_save_loc(cursor, reg, &location) != 0)
			return false;
		if (location.type == UNW_SLT_NONE) {
			rule->how[i] = SAVED_LOST;
		} else if (location.type == UNW_SLT_REG) {
			if (location.u.regnum != (int)reg)
				return false;
			rule->how[i] = SAVED_NOT;
		} else {
			rule->how[i] = SAVED_AT;
			if (!explain(experiment, location.u.addr, &rule->saved[i]))
				return false;
		}
	}
	return true;
}

static struct rule try_with(unw_addr_space_t space, const struct image *image, uint64_t address,
			    uint64_t salt)
{
	struct experiment experiment = {.image = image, .salt = salt};
	struct unwind_source source = {.space = space,
				       .word = experiment_word,
				       .image = experiment_image,
				       .context = &experiment};
	struct rule rule;
	unw_cursor_t cursor;
	unw_word_t cfa, caller;
	int result;

	memset(&rule, 0, sizeof rule); /* padding too: rules are compared */
	for (unsigned int reg = 0; reg < UNWIND_REGS; reg++)
		source.value[reg] = made_up_register(&experiment, reg);
	source.value[UNW_X86_64_RIP] = address;
	source.known = (1U << UNWIND_REGS) - 1;
	result = unwind_source_step(&source, &cursor);
	rule.kind = RULE_SLOW;
	if (!source.found || result < 0)
		return rule;
	if (result == 0) {
		rule.kind = RULE_END;
		return rule;
	}
	if (unw_get_reg(&cursor, UNW_REG_SP, &cfa) == 0 &&
	    unw_get_reg(&cursor, UNW_REG_IP, &caller) == 0 &&
	    explain(&experiment, cfa, &rule.cfa) && find_word(&experiment, caller, &rule.caller) &&
	    find_saved(&experiment, &cursor, &rule))
		rule.kind = RULE_PLACES;
	return rule;
}

struct rule rule_by_libunwind(unw_addr_space_t space, const struct image *image, uint64_t address)
{
	struct rule slow = {.kind = RULE_SLOW}, first, second;

	for (size_t i = 0; i < image->nr_segments; i++)
		if (image->segments[i].address + image->segments[i].size >= 1ULL << REG_SHIFT)
			return slow;
	first = try_with(space, image, address, 0);
	if (first.kind == RULE_SLOW)
		return slow;
	second = try_with(space, image, address, 0x12340);
	return memcmp(&first, &second, sizeof first) == 0 ? first : slow;
}
