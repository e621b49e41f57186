# shellcheck shell=sh
# Programs of the operating system: found, or installed with the package manager that is there.

package_manager() {
  for manager in apt-get dnf apk brew; do
    if has "$manager"; then
      echo "$manager"
      return
    fi
  done
  echo none
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    warn "  This needs root, and there is no sudo. Run as root: $*"
    return 1
  fi
}

# install_packages PACKAGE...: fails when the packages could not be installed.
install_packages() {
  log=$(mktemp)
  [ "$(id -u)" = 0 ] || [ "$(package_manager)" = brew ] || say "  (sudo may ask for your password)"
  case $(package_manager) in
    apt-get)
      { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1
      ;;
    dnf) as_root dnf install -y -q "$@" >"$log" 2>&1 ;;
    apk) as_root apk add --quiet "$@" >"$log" 2>&1 ;;
    brew) brew install --quiet "$@" >"$log" 2>&1 ;;
    *) echo "no package manager that I know (apt-get, dnf, apk, brew)" >"$log" && false ;;
  esac && {
    rm -f "$log"
    return 0
  }
  tail -n 5 "$log" >&2
  rm -f "$log"
  return 1
}

# package_for THING: what the package manager of this machine calls it.
package_for() {
  case "$(package_manager):$1" in
    apt-get:redis) echo redis-server ;;
    dnf:redis) echo valkey ;;
    apk:redis) echo valkey ;;
    brew:redis) echo redis ;;
    *:compiler) compiler_packages ;;
    apt-get:mariadb) echo mariadb-server ;;
    dnf:mariadb) echo mariadb-server ;;
    apk:mariadb) echo mariadb ;;
    brew:mariadb) echo mariadb ;;
    apt-get:postgresql) echo postgresql ;;
    dnf:postgresql) echo postgresql-server ;;
    apk:postgresql) echo postgresql ;;
    brew:postgresql) echo postgresql ;;
    dnf:shellcheck) echo ShellCheck ;;
    *) echo "$1" ;;
  esac
}

compiler_packages() {
  case $(package_manager) in
    dnf) echo python3 make gcc-c++ ;;
    brew) echo python3 make ;;
    *) echo python3 make g++ ;;
  esac
}

# installed THING
installed() {
  case $1 in
    redis) has redis-server || has valkey-server ;;
    compiler) has python3 && has make && { has g++ || has c++; } ;;
    mariadb) has_server mariadbd || has_server mysqld ;;
    postgresql) has_server initdb ;;
    *) has "$1" ;;
  esac
}

# Servers often lie outside everybody's PATH.
has_server() {
  has "$1" && return
  for folder in /usr/sbin /usr/local/sbin /usr/libexec /usr/lib/postgresql/*/bin /usr/libexec/postgresql* \
    /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin; do
    [ -x "$folder/$1" ] && return
  done
  return 1
}

# need THING "what it is for": true when it is there in the end.
need() {
  installed "$1" && return
  packages=$(package_for "$1")
  say "$1 is missing ($2). Installing: $packages"
  # shellcheck disable=SC2086 # several names in one variable
  install_packages $packages && installed "$1" && return
  warn "$1 could not be installed. Install it by hand (packages: $packages) and try again."
  return 1
}
