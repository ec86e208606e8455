#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# record.sh FOLDER [RECORDINGS [ROUNDS]]: how this host's noise falls on functions.
#
# Makes RECORDINGS (default: 44) recordings of one program by stock perf into FOLDER, as two builds under test would be
# recorded: a and b are the same program under two names, and take turns (a b b a). Then, with PERFREPORT set, the table
# of runs that the tests use:
#
#	PERFREPORT=build/perfreport/perfreport perfreport/tests/noise/record.sh /tmp/noise
#	cp /tmp/noise/noise.json perfreport/tests/noise/noise.json
set -eu

here=$(dirname "$0")
folder=${1:?record.sh FOLDER [RECORDINGS [ROUNDS]]}
recordings=${2:-44}
rounds=${3:-80}

mkdir -p "$folder"
${CC:-cc} -O2 -g -o "$folder/work" "$here/work.c"

n=0
while [ "$n" -lt "$recordings" ]; do
	case $((n % 4)) in
	0 | 3) side=a ;;
	*) side=b ;;
	esac
	name=$(printf '%s/%03d-%s.data' "$folder" "$n" "$side")
	perf record -q -F 20000 -e cpu-clock:u -o "$name" -- "$folder/work" "$rounds" >"$folder/said" 2>&1 || {
		cat "$folder/said" >&2
		exit 1
	}
	n=$((n + 1))
done

if [ -n "${PERFREPORT:-}" ]; then
	report=$(realpath "$PERFREPORT")
	cd "$folder"
	"$report" gate --base ./*.data --write-runs noise.json --fold 0.1
	sed -i 's,"source": "\./,"source": ",' noise.json
fi
