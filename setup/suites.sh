# SPDX-License-Identifier: GPL-2.0-or-later
# Running meson's test suites and counting what came of them.

passed=0
failed=0
skipped=0

# summary_count FILE WORDS...: the sum of the named counts in meson's summary.
summary_count() {
	file=$1
	shift
	total=0
	for word in "$@"; do
		count=$(sed -n "s/^$word: *\([0-9][0-9]*\) *\$/\1/p" "$file" | tail -n 1)
		total=$((total + ${count:-0}))
	done
	echo $total
}

# run_meson NAME LIMIT FOLDER SUITES...: runs suites of a build folder; the output goes to the log.
run_meson() {
	name=$1
	seconds=$2
	folder=$3
	shift 3
	set -- -C "$folder" --no-rebuild --print-errorlogs --logbase "$name" "$@"
	timeout -k 30 "$seconds" meson test "$@" >"$log" 2>&1 </dev/null
}

# suite_command NAME LIMIT: what runs a suite.
suite_command() {
	case $1 in
	asan) run_meson asan "$2" "$root/build-asan" --setup asan --suite unit --suite golden --suite abi --suite fuzz ;;
	libfuzzer) run_meson libfuzzer "$2" "$root/build-fuzz" --suite libfuzzer --num-processes 2 ;;
	soak) run_meson soak "$2" "$root/build" --suite guest --suite e2e --suite soak --repeat "${MACHPERF_SOAK_ROUNDS:-10}" ;;
	bench) run_meson bench "$2" "$root/build" --suite bench --num-processes 1 --verbose ;;
	fresh) timeout -k 30 "$2" sh "$root/tests/fresh/fresh.sh" >"$log" 2>&1 </dev/null ;;
	*) run_meson "$1" "$2" "$root/build" --suite "$1" ;;
	esac
}

# run_suite NAME LIMIT: runs a suite, prints its counts and seconds, and adds to the totals. What failed is shown.
run_suite() {
	suite=$1
	printf '  %-34s ' "$suite"
	began=$(now)
	suite_command "$suite" "$2"
	status=$?
	ok=$(summary_count "$log" Ok 'Expected Fail')
	bad=$(summary_count "$log" Fail 'Unexpected Pass' Timeout)
	left=$(summary_count "$log" Skipped)
	if [ "$suite" = fresh ]; then
		ok=0 bad=0
		[ $status -ne 0 ] || ok=1
	fi
	# A run that went wrong without a failed test (no summary, a limit) is a failure of its own.
	[ $status -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	# Nor may a suite be empty: something it needs was not found when the build was set up.
	empty=
	if [ $((ok + bad + left)) -eq 0 ]; then
		empty=' (it has no tests here)'
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + left))
	printf '%5d s  %s passed, %s failed, %s skipped%s\n' $(($(now) - began)) "$ok" "$bad" "$left" "$empty"
	cp "$log" "$cache/log/suite-$suite.log"
	[ $status -ne 124 ] || say "    $suite was stopped after its limit of $2 s"
	# meson names the skipped ones as 'N/M suite - name SKIP ...'.
	[ "$left" -eq 0 ] || grep -E '^ *[0-9]+/[0-9]+ .* SKIP ' "$log" | sed 's/^/    /'
	if [ "$bad" -gt 0 ]; then
		tail -n 60 "$log" | sed 's/^/    | /'
		say "    the whole log: $cache/log/suite-$suite.log"
	fi
}

# suites_total: the closing line.
suites_total() {
	if [ "$skipped" -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
}
