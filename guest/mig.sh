#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# mig.sh MIG INCLUDES SIDE DEFS SOURCE HEADER: make the user or server stubs
# of an interface.  INCLUDES is a list of folders separated by colons; MIG's
# own compiler is looked for beside the script, wherever both are unpacked.
# MIG_DEFINES in the environment: options of the preprocessor, beside ours.
set -eu
mig=$1 includes=$2 side=$3 defs=$4 source=$5 header=$6

flags=
IFS=:
for folder in $includes; do
	flags="$flags -I$folder"
done
unset IFS
# The generator for i386 wants a preprocessor for it.
case $(basename "$mig") in
i?86-*) machine=-m32 ;;
*) machine=-m64 ;;
esac
migcom=$(dirname "$mig")/../lib/mig/$(basename "$mig")com
cpp="${CC:-cc} -E -x c -nostdinc $machine${MIG_DEFINES:+ $MIG_DEFINES}$flags"
case $side in
user) set -- -user "$source" -server /dev/null -header "$header" ;;
server) set -- -user /dev/null -server "$source" -header /dev/null -sheader "$header" ;;
*) echo "mig.sh: side is user or server, not '$side'" >&2; exit 2 ;;
esac
exec sh "$mig" -migcom "$migcom" -cc "$cpp" -n "$@" "$defs"
