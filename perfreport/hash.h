/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash functions of the open-addressed tables.  They depend on nothing but
 * their input: the same recording gives the same tables everywhere.
 */
#ifndef PERFREPORT_HASH_H
#define PERFREPORT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Spread the bits of a number over all 64 (the finaliser of MurmurHash3). */
static inline uint64_t hash_number(uint64_t number)
{
	number ^= number >> 33;
	number *= 0xff51afd7ed558ccdULL;
	number ^= number >> 33;
	number *= 0xc4ceb9fe1a85ec53ULL;
	return number ^ number >> 33;
}

/* FNV-1a, spread. */
static inline uint64_t hash_bytes(const void *bytes, size_t length)
{
	const uint8_t *byte = bytes;
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ULL;
	return hash_number(hash);
}

#endif /* PERFREPORT_HASH_H */
