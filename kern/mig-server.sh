#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# mig-server.sh MIG INCLUDES DEFS SOURCE HEADER: make the kernel's side of an
# interface.  INCLUDES is a list of folders separated by colons.  The kernel
# headers that MIG wants to include exist for nobody but the kernel's own
# build; <kern/sampling/server.h> stands in for all of them.
set -eu
mig=$1 includes=$2 defs=$3 source=$4 header=$5

MIG_DEFINES='-DKERNEL=1 -DKERNEL_SERVER=1' sh "$(dirname "$0")/../guest/mig.sh" \
	"$mig" "$includes" server "$defs" "$source.mig" "$header.mig"
for file in "$source" "$header"; do
	{
		echo '#include <kern/sampling/server.h>'
		sed '/^#include/d' "$file.mig"
	} > "$file"
	rm "$file.mig"
done
