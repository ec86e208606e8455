#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# record.sh FOLDER [PAIRS [ROUNDS [CPU]]]: how this host's noise falls on functions.
#
# Makes PAIRS (default: 180) pairs of recordings of one program by stock perf into FOLDER, as two builds under test would
# be recorded (docs/gate.md): the two of a pair, a and b, run at the same time on one processor, so that the scheduler
# interleaves them every few milliseconds and both get the same noise. Then, with PERFREPORT set, the table of runs that
# the tests use:
#
#	PERFREPORT=build/perfreport/perfreport perfreport/tests/noise/record.sh /tmp/noise
#	cp /tmp/noise/noise.json perfreport/tests/noise/noise.json
set -eu

here=$(dirname "$0")
folder=${1:?record.sh FOLDER [PAIRS [ROUNDS [CPU]]]}
pairs=${2:-180}
rounds=${3:-160}
cpu=${4:-1}

mkdir -p "$folder"
${CC:-cc} -O2 -g -o "$folder/work" "$here/work.c"

# record SIDE: one run of it.
record() {
	taskset -c "$cpu" perf record -N -q -F 20000 -e cpu-clock:u -o "$(printf '%s/%03d-%s.data' "$folder" "$n" "$1")" \
		-- "$folder/work" "$rounds" >"$folder/said-$1" 2>&1 || {
		cat "$folder/said-$1" >&2
		return 1
	}
}

n=0
while [ "$n" -lt "$pairs" ]; do
	# Who begins has the caches cold: each in turn.
	case $((n % 2)) in
	0) first=a second=b ;;
	*) first=b second=a ;;
	esac
	record $first &
	other=$!
	record $second
	wait "$other"
	n=$((n + 1))
done

if [ -n "${PERFREPORT:-}" ]; then
	report=$(realpath "$PERFREPORT")
	cd "$folder"
	"$report" gate --base ./*.data --write-runs noise.json --fold 0.1
	sed -i 's,"source": "\./,"source": ",' noise.json
fi
