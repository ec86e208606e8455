# SPDX-License-Identifier: GPL-2.0-or-later
# Base of the set-up: messages, steps with their time, the cache and its lock. Sourced, POSIX sh.
#
# A step is a function that does one thing, prints nothing and leaves a short result in $result. Its output goes
# to a log in the cache; on failure the end of the log is shown and the script ends.

program=${0##*/}
result=

# Exit codes of ./demo and ./check, beside 0 (all well) and 1 (a test failed).
EXIT_USAGE=2    # the command line
EXIT_PACKAGES=3 # Debian packages missing, and no right to install them
EXIT_FETCH=4    # a download failed
EXIT_BUILD=5    # something did not build
EXIT_DEMO=6     # a recording of ./demo failed

# say LINE: a line for the reader.
say() {
	printf '%s\n' "$*"
}

# note LINE: a line about something unusual that does not stop us; kept out of the progress line.
note() {
	notes="${notes:+$notes
}  note: $*"
}

# die CODE LINE: one clear line, then the end.
die() {
	code=$1
	shift
	printf '%s: %s\n' "$program" "$*" >&2
	exit "$code"
}

# cache_open: names the cache and makes its folders.
cache_open() {
	if [ -z "${XDG_CACHE_HOME:-}" ] && [ -z "${HOME:-}" ]; then
		HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
		[ -n "$HOME" ] || die $EXIT_USAGE "neither XDG_CACHE_HOME nor HOME is set: set one, the cache goes there"
		export HOME
	fi
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/machperf
	mkdir -p "$cache/downloads" "$cache/log" 2>/dev/null ||
		die $EXIT_USAGE "cannot write to the cache $cache: free it or set XDG_CACHE_HOME"
	# Two runs at once must not mix their steps in one log.
	log=$cache/log/$program.$$.log
	trap 'rm -f "$log" "$log.options"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	find "$cache/log" -name '*.log' -mtime +30 -delete 2>/dev/null
}

# lock_open: one set-up at a time for this cache, one build or test run at a time for this tree.
lock_open() {
	exec 8<"$root" 9>"$cache/lock"
	if ! flock -n 8; then
		say "another ./demo or ./check is at work in this tree: waiting for it"
		flock 8 || die $EXIT_USAGE "cannot lock $root"
	fi
	if ! flock -n 9; then
		say "another set-up of machperf is at work: waiting for it"
		flock 9 || die $EXIT_USAGE "cannot lock $cache/lock"
	fi
}

# cache_unlock: the set-up is over; others may use the cache.
cache_unlock() {
	flock -u 9
}

now() {
	date +%s
}

# step TITLE CODE FUNCTION ARGS: runs a step, shows its title, result and time. A failing step ends the script with CODE.
step() {
	title=$1
	step_code=$2
	shift 2
	printf '  %-34s ' "$title"
	began=$(now)
	result=ok
	notes=
	reason=
	: >"$log"
	if "$@" >>"$log" 2>&1 </dev/null; then
		printf '%5d s  %s\n' $(($(now) - began)) "$result"
		[ -z "$notes" ] || say "$notes"
		return 0
	fi
	printf '%5d s  failed\n' $(($(now) - began))
	[ -z "$notes" ] || say "$notes"
	step_failed "$step_code"
}

# step_failed CODE: shows why the running step failed. A step that knows sets $reason, else the log's end must do.
step_failed() {
	kept=$cache/log/$(printf '%s' "$title" | tr -c 'a-zA-Z0-9\n' '-').log
	cp "$log" "$kept"
	if [ -n "$reason" ]; then
		die "$1" "$reason (log: $kept)"
	fi
	tail -n 15 "$kept" | sed 's/^/    | /' >&2
	die "$1" "$title failed: the last lines stand above, the whole log in $kept"
}

# keep_newest PATTERN-PREFIX: drops all but the three newest cached results of a kind.
keep_newest() {
	ls -dt "$cache/$1"-???????????????? 2>/dev/null | tail -n +4 | while read -r old; do
		rm -rf "$old"
	done
}
