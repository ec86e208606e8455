/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operating system SQLite runs on here: none.  There are no files, so
 * databases live in memory; time stands still and chance is a constant, so
 * that every run is the same.
 */
#include <stddef.h>
#include <string.h>
#include <sqlite3.h>

static int os_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	(void)vfs, (void)name, (void)flags, (void)out;
	file->pMethods = NULL;
	return SQLITE_CANTOPEN;
}

static int os_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_IOERR_DELETE_NOENT;
}

static int os_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs, (void)name, (void)flags;
	*out = 0;
	return SQLITE_OK;
}

static int os_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	if (strlen(name) >= (size_t)size)
		return SQLITE_CANTOPEN;
	strcpy(out, name);
	return SQLITE_OK;
}

static int os_randomness(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	memset(out, 0x5a, (size_t)size);
	return size;
}

static int os_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

/* 1 January 2026, in milliseconds since the Julian epoch. */
static int os_current_time(sqlite3_vfs *vfs, sqlite3_int64 *time)
{
	(void)vfs;
	*time = 2461041 * 86400000LL - 43200000LL;
	return SQLITE_OK;
}

static int os_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs, (void)size, (void)out;
	return 0;
}

int sqlite3_os_init(void)
{
	static sqlite3_vfs vfs = {
	    .iVersion = 2,
	    .szOsFile = sizeof(sqlite3_file),
	    .mxPathname = 256,
	    .zName = "none",
	    .xOpen = os_open,
	    .xDelete = os_delete,
	    .xAccess = os_access,
	    .xFullPathname = os_full_pathname,
	    .xRandomness = os_randomness,
	    .xSleep = os_sleep,
	    .xGetLastError = os_last_error,
	    .xCurrentTimeInt64 = os_current_time,
	};

	return sqlite3_vfs_register(&vfs, 1);
}

int sqlite3_os_end(void)
{
	return SQLITE_OK;
}
