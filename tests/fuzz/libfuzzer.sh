#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# libfuzzer.sh TARGET FOLDER SEED...: run a target for MACHPERF_FUZZ_SECONDS (10). What it finds on its way is kept in FOLDER
# for the next time; an input that breaks the target is left there, too: make it a seed once the mistake is mended.
set -eu
target=$1
found=$2/found-${1##*/}
broken=$2/broken-${1##*/}-
shift 2
mkdir -p "$found"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
cp "$@" "$seeds"
"$target" -max_total_time="${MACHPERF_FUZZ_SECONDS:-10}" -max_len=65536 -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
	-verbosity=1 -artifact_prefix="$broken" "$found" "$seeds" 2>&1 | grep -v '^#' | tail -n 60 >"$seeds/log" || true
cat "$seeds/log"
grep -q '^Done [0-9]* runs' "$seeds/log"
