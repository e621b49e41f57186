# shellcheck shell=sh
# The checks by name. tally() is called once for each, so that whoever sources this can count.

check_format() { tool prettier --check --log-level warn .; }
check_eslint() { tool eslint --max-warnings 0 .; }
check_types() { tool tsc --noEmit -p .; }
check_imports() {
  set --
  for room in src plugins migrations tests; do
    [ -d "$room" ] && set -- "$@" "$room"
  done
  tool depcruise --config .dependency-cruiser.cjs --output-type err-long "$@"
}
check_shell() {
  if ! has shellcheck; then
    say "  shellcheck is not installed: the scripts are not checked."
    return 0
  fi
  # shellcheck disable=SC2046 # none of our scripts has a space in its name
  shellcheck -x $(shell_scripts)
}

shell_scripts() { grep -lsE '^(#!/bin/sh|# shellcheck shell=)' scripts/* scripts/*/* .ci/*; }

all_checks='format eslint types imports shell'

tally() { :; }

# run_checks NAME...: runs them all, whatever fails on the way.
run_checks() {
  outcome=0
  for check in "$@"; do
    case " $all_checks " in
      *" $check "*) ;;
      *) misused "There is no check named $check." ;;
    esac
  done
  # All at the same time, since each keeps one core busy; told in their order.
  outputs=$(mktemp -d)
  end_together
  for check in "$@"; do
    timed_check "$check" >"$outputs/$check" 2>&1 &
    echo $! >"$outputs/$check.pid"
  done
  for check in "$@"; do
    if wait "$(cat "$outputs/$check.pid")"; then
      cat "$outputs/$check"
      tally 1 0
    else
      cat "$outputs/$check" >&2
      warn "FAILED  $check"
      tally 0 1
      outcome=1
    fi
  done
  trap - INT TERM
  rm -rf "$outputs"
  return "$outcome"
}

timed_check() {
  started=$(date +%s)
  "check_$1" && say "ok      $1 ($(($(date +%s) - started)) s)"
}

# shellcheck disable=SC2086 # names in one variable
run_all_checks() { run_checks $all_checks; }
