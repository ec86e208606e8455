/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF structures written in the class of the image (gABI, "ELF Header" ff.). */
#ifndef GRAFT_ENCODE_H
#define GRAFT_ENCODE_H

#include <gelf.h>
#include <stdbool.h>

/* Sizes of the structures in a file of the class. */
size_t encoded_phdr_size(bool is64);
size_t encoded_shdr_size(bool is64);
size_t encoded_sym_size(bool is64);

/* Each writes one structure at out, which has room for it. */
void encode_ehdr(bool is64, const GElf_Ehdr *ehdr, void *out);
void encode_phdr(bool is64, const GElf_Phdr *phdr, void *out);
void encode_shdr(bool is64, const GElf_Shdr *shdr, void *out);
void encode_sym(bool is64, const GElf_Sym *sym, void *out);

#endif
