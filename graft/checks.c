/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks.h"

#include "status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int refuse_hook(const struct hooks *hooks, const struct hook *hook, const char *reason)
{
	return refuse("%s:%u: cannot hook %s: %s", hooks->path, hook->line, hook->function, reason);
}

/* A part of the function that the compiler gave a name and callers of its own. */
static const struct symbol *find_clone(const struct image *image, const char *function)
{
	static const char *const suffixes[] = {".part.", ".isra.", ".constprop.", ".lto_priv."};
	size_t length = strlen(function);

	for (size_t i = 0; i < image->symbols.count; i++) {
		const struct symbol *symbol = &image->symbols.all[i];

		if (strncmp(symbol->name, function, length))
			continue;
		for (size_t s = 0; s < sizeof suffixes / sizeof *suffixes; s++)
			if (strstr(symbol->name + length, suffixes[s]) &&
			    symbol->name[length] == '.')
				return symbol;
	}
	return NULL;
}

static int resolve(const struct image *image, const struct hooks *hooks, struct hook *hook)
{
	const struct symbol *clone = find_clone(image, hook->function);
	size_t addresses = symtab_find(&image->symbols, hook->function, &hook->symbol);
	char *reason = NULL;
	int status = STATUS_OK;

	if (clone)
		reason = xformat("the compiler made a clone of it, %s, that calls would pass by",
				 clone->name);
	else if (!addresses)
		reason = xstrdup("the kernel has no such function (or only inlined copies)");
	else if (addresses > 1)
		reason = xformat("the name is ambiguous: the kernel has %zu of them", addresses);
	if (reason) {
		hook->symbol = NULL;
		status = refuse_hook(hooks, hook, reason);
		free(reason);
	}
	return status;
}

int checks_resolve(const struct image *image, struct hooks *hooks)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < hooks->count; i++)
		if (resolve(image, hooks, &hooks->all[i]))
			status = STATUS_REFUSED;
	return status;
}

/*
 * Address of a pointer to the function in the kernel's loaded bytes, or 0. Looks for the pointer's
 * low 32 bits: that finds both whole pointers in tables and sign-extended operands in code.
 */
static uint64_t find_pointer(const struct image *image, uint64_t function)
{
	uint32_t low = (uint32_t)function;
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(image->elf, section))) {
		const unsigned char *bytes, *hit;
		GElf_Shdr shdr;

		if (!gelf_getshdr(section, &shdr) || shdr.sh_type != SHT_PROGBITS ||
		    !(shdr.sh_flags & SHF_ALLOC) || shdr.sh_size > image->file.size ||
		    shdr.sh_offset > image->file.size - shdr.sh_size)
			continue;
		bytes = image->file.data + shdr.sh_offset;
		hit = memmem(bytes, shdr.sh_size, &low, sizeof low);
		if (hit)
			return shdr.sh_addr + (uint64_t)(hit - bytes);
	}
	return 0;
}

/* Another function with the same address: an alias, or one the compiler merged with it. */
static const struct symbol *find_twin(const struct image *image, const struct symbol *function)
{
	for (size_t i = 0; i < image->symbols.count; i++) {
		const struct symbol *symbol = &image->symbols.all[i];

		if (symbol->value == function->value && symbol->type == STT_FUNC &&
		    strcmp(symbol->name, function->name))
			return symbol;
	}
	return NULL;
}

static bool listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) && (at[length] == ',' || !at[length]))
			return true;
	}
	return false;
}

/* Inlined copies must be exactly where the hook list accepts them; so both kinds of change show. */
static char *reason_inlined(const struct hook *hook, const struct function_info *info)
{
	char *list = hook->inlined ? xstrdup(hook->inlined) : NULL;
	char *reason = NULL;
	char *rest = NULL;

	for (size_t i = 0; i < info->nr_inlined && !reason; i++)
		if (!listed(hook->inlined, info->inlined[i].function))
			reason = xformat("an inlined copy of it, in %s (%s), would pass it by",
					 info->inlined[i].function, info->inlined[i].cu);
	for (char *name = list ? strtok_r(list, ",", &rest) : NULL; name && !reason;
	     name = strtok_r(NULL, ",", &rest)) {
		bool found = false;

		for (size_t i = 0; i < info->nr_inlined; i++)
			found |= !strcmp(info->inlined[i].function, name);
		if (!found)
			reason = xformat("no copy of it is inlined in %s, as the list says", name);
	}
	free(list);
	return reason;
}

/* Why a trampoline could not pass the function's arguments on, or NULL. */
static char *reason_arguments(const struct image *image, const struct hook *hook,
			      const struct function_info *info)
{
	bool copies = hook->kind == HOOK_AFTER || !image->is64 ||
		      (hook->kind == HOOK_WRAP && info->own_unit_sites);

	if (!image->is64 && info->found && hook->symbol->bind == STB_LOCAL)
		return xstrdup("a static function of a 32-bit kernel may take its arguments in "
			       "registers");
	if (!image->is64 && hook->kind == HOOK_AFTER && !info->found)
		return xstrdup("the debug information does not tell its result");
	if (!image->is64 && hook->kind == HOOK_BEFORE && !info->found && !hook->has_args)
		return xstrdup("the debug information does not tell its arguments");
	if (copies && info->variadic)
		return xstrdup("its arguments are variable in number and cannot be copied");
	if (copies && info->large_args && image->is64)
		return xstrdup("an argument larger than a word cannot be copied");
	if (hook->has_args && info->found && info->nr_args != hook->nr_args)
		return xformat("it takes %u arguments, not %u", info->nr_args, hook->nr_args);
	return NULL;
}

/* Why a hook is unsafe, or NULL; the caller frees it. */
static char *reason_against(const struct image *image, const struct hook *hook,
			    const struct function_info *info)
{
	uint64_t pointer = hook->taken_at;
	const struct symbol *twin = find_twin(image, hook->symbol);
	char *reason = reason_inlined(hook, info);

	if (reason)
		return reason;
	if (twin)
		return xformat("%s is the same code: its calls would be hooked too", twin->name);
	if (!pointer)
		pointer = find_pointer(image, hook->symbol->value);
	if (pointer)
		return xformat("it is also called by pointer: its address is taken at %#" PRIx64,
			       pointer);
	if (hook->short_jump)
		return xformat("the short jump at %#" PRIx64 " has no room for another target",
			       hook->short_jump);
	if (!hook->nr_sites)
		return xstrdup("nothing calls it");
	return reason_arguments(image, hook, info);
}

int checks_hooks(const struct image *image, const struct hooks *hooks, const struct debuginfo *info)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < hooks->count; i++) {
		char *reason = reason_against(image, &hooks->all[i], &info->functions[i]);

		if (!reason)
			continue;
		status = refuse_hook(hooks, &hooks->all[i], reason);
		free(reason);
	}
	return status;
}
