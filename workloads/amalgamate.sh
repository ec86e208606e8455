#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# amalgamate.sh SOURCE WORK SQLITE3.C SQLITE3.H: make SQLite's one-file form
# from an unpacked source, which is not touched.  Needs tclsh and make.
set -eu
source=$(cd "$1" && pwd) work=$2 c=$3 h=$4
mkdir -p "$work"
make -s -C "$work" -f "$source/main.mk" "TOP=$source" "BCC=${CC:-cc} -w" "TCC=${CC:-cc}" OPTS= \
	sqlite3.c >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cp "$work/sqlite3.c" "$c"
cp "$work/sqlite3.h" "$h"
