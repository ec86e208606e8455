/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <archive.h>
#include <archive_entry.h>

#include "alloc.h"
#include "bundle.h"
#include "spool.h"

#define ALIGNMENT 4096 /* of members, which are mapped; x86 has no smaller page */
#define NAME_MOST 8192

struct member {
	char *name;
	uint64_t offset, size;
};

struct bundle {
	struct spool spool;
	struct member *members; /* by name */
	size_t nr, capacity;
	char *recorded_as;
};

/* One being unpacked. */
struct unpacking {
	struct bundle *bundle;
	struct archive *archive;
	const char *path;
	struct failure *failure;
};

bool bundle_is(const void *bytes, size_t size)
{
	static const unsigned char zstd[] = {0x28, 0xb5, 0x2f, 0xfd}; /* RFC 8878, 3.1.1 */

	return size >= sizeof zstd && memcmp(bytes, zstd, sizeof zstd) == 0;
}

char *bundle_name(const char *folder, const char *rest)
{
	char *name = must_calloc(strlen(folder) + strlen(rest) + 2, 1);
	size_t length = 0;

	for (int part = 0; part < 2; part++) {
		for (const char *at = part ? rest : folder; *at;) {
			size_t size = strcspn(at, "/");

			if (size == 2 && at[0] == '.' && at[1] == '.') {
				while (length && name[--length] != '/')
					;
			} else if (size && !(size == 1 && *at == '.')) {
				if (length)
					name[length++] = '/';
				memcpy(name + length, at, size);
				length += size;
			}
			at += size + (at[size] == '/');
		}
	}
	name[length] = '\0';
	return name;
}

static bool refuse(const struct unpacking *unpacking, const char *why)
{
	failure_set(unpacking->failure, EXIT_FORMAT, "%s: not a bundle that can be read: %s",
		    unpacking->path, why);
	return false;
}

/* Names are only looked up, yet one that leads elsewhere was not written by us. */
static bool is_plain(const char *name)
{
	char *plain;
	bool same;

	if (name == NULL || strlen(name) > NAME_MOST)
		return false;
	plain = bundle_name("", name);
	same = *name && strcmp(plain, name) == 0;
	free(plain);
	return same;
}

static bool align(struct spool *spool, struct failure *failure)
{
	static const char zeros[ALIGNMENT];

	return spool_add(spool, zeros, -spool->size % ALIGNMENT, failure);
}

static bool unpack_bytes(const struct unpacking *unpacking, struct member *member)
{
	struct spool *spool = &unpacking->bundle->spool;
	char buffer[65536];
	la_ssize_t n;

	while ((n = archive_read_data(unpacking->archive, buffer, sizeof buffer)) > 0) {
		member->size += n;
		if (member->size > BUNDLE_MOST || spool->size + n > BUNDLE_MOST)
			return refuse(unpacking, "it unpacks to more than 16 GiB");
		if (!spool_add(spool, buffer, n, unpacking->failure))
			return false;
	}
	return n == 0 || refuse(unpacking, archive_error_string(unpacking->archive));
}

static bool unpack_member(const struct unpacking *unpacking, struct archive_entry *entry)
{
	struct bundle *bundle = unpacking->bundle;
	const char *name = archive_entry_pathname(entry);
	struct member *member;

	if (!is_plain(name))
		return refuse(unpacking, "the name of a member leads out of it");
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL)
		return refuse(unpacking, "a member is not a file");
	if (archive_entry_size(entry) < 0 || (uint64_t)archive_entry_size(entry) > BUNDLE_MOST)
		return refuse(unpacking, "it unpacks to more than 16 GiB");
	if (bundle->nr == BUNDLE_MEMBERS)
		return refuse(unpacking, "it has more than a million members");
	if (!align(&bundle->spool, unpacking->failure))
		return false;
	bundle->members =
	    must_grow(bundle->members, &bundle->capacity, bundle->nr + 1, sizeof *bundle->members);
	member = &bundle->members[bundle->nr++];
	*member =
	    (struct member){.name = must_copy(name, strlen(name)), .offset = bundle->spool.size};
	return unpack_bytes(unpacking, member);
}

static bool unpack_members(const struct unpacking *unpacking)
{
	struct archive_entry *entry;
	int status;

	while ((status = archive_read_next_header(unpacking->archive, &entry)) == ARCHIVE_OK ||
	       status == ARCHIVE_WARN)
		if (!unpack_member(unpacking, entry))
			return false;
	return status == ARCHIVE_EOF || refuse(unpacking, archive_error_string(unpacking->archive));
}

static bool unpack(const struct unpacking *unpacking, const void *bytes, size_t size)
{
	struct archive *archive = unpacking->archive;

	if (archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
	    archive_read_support_format_tar(archive) != ARCHIVE_OK ||
	    archive_read_open_memory(archive, bytes, size) != ARCHIVE_OK)
		return refuse(unpacking, archive_error_string(archive));
	return spool_open(&unpacking->bundle->spool, unpacking->failure) &&
	       unpack_members(unpacking) &&
	       spool_map(&unpacking->bundle->spool, unpacking->failure);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* BUNDLE_TITLE, "members N\n", "recording NAME\n". */
static bool read_manifest(const struct unpacking *unpacking)
{
	struct bundle *bundle = unpacking->bundle;
	char text[4096] = "", name[sizeof text];
	size_t size, members;
	const char *manifest = bundle_find(bundle, BUNDLE_MANIFEST, &size);

	if (manifest == NULL || size >= sizeof text || size < strlen(BUNDLE_TITLE) ||
	    memcmp(manifest, BUNDLE_TITLE, strlen(BUNDLE_TITLE)) != 0)
		return refuse(unpacking, "it has no manifest of this version");
	memcpy(text, manifest, size);
	if (sscanf(text + strlen(BUNDLE_TITLE), "members %zu\nrecording %[^\n]", &members, name) !=
	    2)
		return refuse(unpacking, "it has no manifest of this version");
	if (members != bundle->nr)
		return refuse(unpacking, "members are missing");
	bundle->recorded_as = must_copy(name, strlen(name));
	return true;
}

static bool check(const struct unpacking *unpacking)
{
	struct bundle *bundle = unpacking->bundle;
	size_t size;

	if (bundle->nr)
		qsort(bundle->members, bundle->nr, sizeof *bundle->members, compare);
	for (size_t i = 1; i < bundle->nr; i++)
		if (strcmp(bundle->members[i - 1].name, bundle->members[i].name) == 0)
			return refuse(unpacking, "two members have one name");
	if (!read_manifest(unpacking))
		return false;
	return bundle_find(bundle, BUNDLE_RECORDING, &size) != NULL ||
	       refuse(unpacking, "it has no recording");
}

bool bundle_open(struct bundle **result, const void *bytes, size_t size, const char *path,
		 struct failure *failure)
{
	struct unpacking unpacking = {.bundle = must_calloc(1, sizeof *unpacking.bundle),
				      .archive = archive_read_new(),
				      .path = path,
				      .failure = failure};
	bool good;

	unpacking.bundle->spool.fd = -1;
	if (unpacking.archive == NULL)
		abort();
	good = unpack(&unpacking, bytes, size) && check(&unpacking);
	archive_read_free(unpacking.archive);
	if (good)
		*result = unpacking.bundle;
	else
		bundle_close(unpacking.bundle);
	return good;
}

void bundle_close(struct bundle *bundle)
{
	if (bundle == NULL)
		return;
	for (size_t i = 0; i < bundle->nr; i++)
		free(bundle->members[i].name);
	free(bundle->members);
	free(bundle->recorded_as);
	spool_close(&bundle->spool);
	free(bundle);
}

const char *bundle_recorded_as(const struct bundle *bundle)
{
	return bundle->recorded_as;
}

const void *bundle_find(const struct bundle *bundle, const char *name, size_t *size)
{
	struct member wanted = {.name = bundle_name("", name)}, *member = NULL;

	if (bundle->nr)
		member = bsearch(&wanted, bundle->members, bundle->nr, sizeof wanted, compare);
	free(wanted.name);
	if (member == NULL)
		return NULL;
	*size = member->size;
	return member->size ? (const char *)bundle->spool.map + member->offset : "";
}

void *bundle_map(const struct bundle *bundle, const char *name, size_t *size)
{
	const char *bytes = bundle_find(bundle, name, size);
	void *map;

	if (bytes == NULL || *size == 0)
		return NULL;
	map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE, bundle->spool.fd,
		   bytes - (const char *)bundle->spool.map);
	return map == MAP_FAILED ? NULL : map;
}

FILE *bundle_file(const struct bundle *bundle, const char *path)
{
	const void *bytes;
	size_t size;

	if (bundle == NULL)
		return fopen(path, "re");
	bytes = bundle_find(bundle, path, &size);
	return bytes ? fmemopen((void *)bytes, size, "r") : NULL;
}
