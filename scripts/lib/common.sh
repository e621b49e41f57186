# shellcheck shell=sh
# Shared by every script in this folder: . "$(dirname "$0")/lib/common.sh"
# Moves to the project's folder, so that a script works from anywhere.

set -eu

here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/.." && pwd)
cd "$root" || exit 1

. "$here/lib/system.sh"
. "$here/lib/project.sh"
. "$here/lib/checks.sh"

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "$@"
  exit 1
}
# misused SENTENCE: what was asked for cannot be asked for in this way; ends with 2, as steward does.
misused() {
  warn "$1 See scripts/$(basename "$0") --help"
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# The text of --help is the comment at the top of the script itself.
print_help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

# help_if_asked "$@": answers --help and ends.
help_if_asked() {
  case "${1:-}" in
    -h | --help) print_help && exit 0 ;;
  esac
}

# refuse_options "$@", refuse_arguments "$@": for scripts that take names but no options, or nothing at all.
refuse_options() {
  for word in "$@"; do
    case $word in
      -*) misused "I do not know $word." ;;
    esac
  done
}
refuse_arguments() {
  [ $# = 0 ] || misused "I do not know $1."
}

# A machine that is right for us, and where Node's headers lie beside its binary, native packages build
# from them and not from the network.
need_node() {
  has node || die "Node.js is missing. Steward needs version 20.19 or later: https://nodejs.org/en/download"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    die "Node.js $(node --version) is too old. Steward needs version 20.19 or later: https://nodejs.org/en/download"
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  if headers_fit "$prefix/include/node"; then
    export npm_config_nodedir="$prefix"
  fi
}

# headers_fit FOLDER: there are headers, and they are of this Node's ABI and not of another one's.
headers_fit() {
  [ -f "$1/node.h" ] && grep -qsE "NODE_MODULE_VERSION $(node -p process.versions.modules)\$" "$1/node_version.h"
}

# Runs one tool of node_modules without npm or npx in between.
tool() {
  program=$root/node_modules/.bin/$1
  shift
  "$program" "$@"
}

# end_together: what a shell starts in the background does not hear Ctrl-C by itself.
end_together() { trap 'trap - INT TERM; kill -TERM 0' INT TERM; }

# with_lock NAME COMMAND...: two scripts that start together must not install or build at the same time.
with_lock() {
  # With the user's number: nobody could take away a lock that another user has left behind.
  lock="${TMPDIR:-/tmp}/steward-$1-$(id -u)-$(printf %s "$root" | cksum | cut -d' ' -f1).lock"
  shift
  until mkdir "$lock" 2>/dev/null; do
    holder=$(cat "$lock/pid" 2>/dev/null || sleep 1; cat "$lock/pid" 2>/dev/null || true)
    if [ -z "$holder" ] || ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$lock"
    else
      [ -n "${told:-}" ] || say "Another script is at this already; waiting for it ..."
      told=yes
      sleep 1
    fi
  done
  echo $$ >"$lock/pid"
  status=0
  ("$@") || status=$?
  rm -rf "$lock"
  return "$status"
}
