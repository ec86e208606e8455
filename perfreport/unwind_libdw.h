/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libdw as a source of unwinding rules.
 */
#ifndef PERFREPORT_UNWIND_LIBDW_H
#define PERFREPORT_UNWIND_LIBDW_H

#include <elfutils/libdw.h>

#include "unwind_rule.h"

struct cfi_source;

/* The call frame information of an object: .eh_frame of code, with or
   without a search table, and .debug_frame of dwarf (NULL: none).  Both must
   stay open.  cfi_source_free() it. */
struct cfi_source *cfi_source_new(Elf *code, Dwarf *dwarf);
void cfi_source_free(struct cfi_source *source);

/* The rule at a (linked) address, for code of this machine; never slow. */
struct rule cfi_source_rule(struct cfi_source *source, const struct unwind_machine *machine,
			    uint64_t address);

#endif /* PERFREPORT_UNWIND_LIBDW_H */
