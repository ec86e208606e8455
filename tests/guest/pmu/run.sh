#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Boot the PMU probe on the emulator and check its console: run.sh EMULATOR FIRMWARE KERNEL CPU on|off
set -eu

emulator=$1 firmware=$2 kernel=$3 cpu=$4 pmu=$5
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
	echo "pmu probe ($cpu,pmu=$pmu): $1"
	cat "$out/console" "$out/emulator"
	exit 1
}

case $cpu,$pmu in
*,off) expect='clock version 1' ;;
Nehalem,model=14,*) expect='intel version 1: 2 general, 0 fixed counters, 40 bits' ;;
Nehalem,vendor=CentaurHauls,*) expect='zhaoxin version 2: 4 general, 3 fixed counters, 48 bits' ;;
Nehalem,*) expect='intel version 2: 4 general, 3 fixed counters, 48 bits' ;;
Haswell,*) expect='intel version 3: 4 general, 3 fixed counters, 48 bits' ;;
Skylake-Server,*) expect='intel version 4: 4 general, 3 fixed counters, 48 bits' ;;
Icelake-Server,*) expect='intel version 5: 8 general, 3 fixed counters, 48 bits' ;;
Opteron_G3,*) expect='amd version 1: 4 general, 0 fixed counters, 48 bits' ;;
EPYC,*) expect='amd version 1: 6 general, 0 fixed counters, 48 bits' ;;
EPYC-Genoa,*) expect='amd version 2: 6 general, 0 fixed counters, 48 bits' ;;
*) fail 'no such row' ;;
esac

# Twice: the console, with every count in it, must be the same.
for run in 1 2; do
	timeout 120 "$emulator" -L "$firmware" -cpu "$cpu,pmu=$pmu" -machine pc -m 128 -accel tcg \
		-icount shift=3,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 1 -nodefaults -display none \
		-no-reboot -serial "file:$out/console" -device "machperf-port,path=$out/port,stats=$out/stats" \
		-kernel "$kernel" -append console=com0 >"$out/emulator" 2>&1 </dev/null ||
		fail "exit code $? of the emulator"
	tr -d '\r' <"$out/console" >"$out/console.text"
	mv "$out/console.text" "$out/console"
	grep -q "probe: PMU $expect" "$out/console" || fail "no line 'probe: PMU $expect'"
	grep -q '^probe: passed' "$out/console" || fail 'no line that it passed'
	grep -q 'BAD\|db>\|panic' "$out/console" && fail 'trouble on the console'
	grep '^probe:' "$out/console" >"$out/probe.$run"
done
cmp -s "$out/probe.1" "$out/probe.2" || {
	diff "$out/probe.1" "$out/probe.2" || true
	fail 'two runs differ'
}

# Not one overflow of the emulator's counters went unserved.
if [ "$pmu" = on ]; then
	made=$(awk '$3 ~ /^(pmc|fixed)[0-9]+\.overflows$/ { sum += $4 } END { print sum }' "$out/stats")
	served=$(sed -n 's/^probe: overflows served: //p' "$out/probe.1")
	[ "$made" = "$served" ] || fail "$made overflows, $served served"
fi
cat "$out/probe.1"
