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

# may_install: root may, brew wants no root at all, and everybody else needs sudo.
may_install() {
  if [ "$(package_manager)" = none ]; then
    warn "  No package manager that I know is here (apt-get, dnf, apk, brew)."
    return 1
  fi
  if [ "$(id -u)" = 0 ] || [ "$(package_manager)" = brew ]; then
    return
  fi
  if ! has sudo; then
    warn "  Installing needs root, and there is no sudo here."
    return 1
  fi
  say "  (sudo may ask for your password)"
  sudo true && return
  warn "  Installing needs root, and sudo refuses."
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# install_packages PACKAGE...: fails, with the last words of the package manager, when one could not be installed.
install_packages() {
  log=$(mktemp)
  if run_package_manager "$@" >"$log" 2>&1; then
    rm -f "$log"
    return
  fi
  tail -n 5 "$log" | sed 's/^/  /' >&2
  rm -f "$log"
  return 1
}

run_package_manager() {
  case $(package_manager) in
    apt-get)
      # One source that cannot be read must not keep us from the others.
      as_root apt-get update -qq || true
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
      ;;
    dnf) as_root dnf install -y -q "$@" ;;
    apk) as_root apk add --quiet "$@" ;;
    brew) brew install --quiet "$@" ;;
  esac
}

# install_by_hand THING: the command for somebody who may.
install_by_hand() {
  packages=$(packages_for "$1")
  case $(package_manager) in
    none) echo "install ${packages%%|*} with the package manager of this machine" ;;
    brew) echo "brew install ${packages%%|*}" ;;
    apk) echo "as root, apk add ${packages%%|*}" ;;
    *) echo "as root, $(package_manager) install ${packages%%|*}" ;;
  esac
}

# packages_for THING: what the package manager of this machine calls it. Redis has two names: some distributions
# have replaced it by Valkey, others do not have that yet. After | stands what is tried next.
packages_for() {
  case "$(package_manager):$1" in
    apt-get:redis) echo 'redis-server|valkey-server' ;;
    dnf:redis | apk:redis) echo 'valkey|redis' ;;
    brew:redis) echo 'redis|valkey' ;;
    none:redis) echo 'redis-server or valkey-server' ;;
    *:compiler) compiler_packages ;;
    apt-get:mariadb | dnf:mariadb) echo mariadb-server ;;
    dnf:postgresql) echo postgresql-server ;;
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
  say "$1 is missing ($2)."
  if may_install; then
    rest=$(packages_for "$1")
    while [ -n "$rest" ]; do
      packages=${rest%%|*}
      rest=${rest#"$packages"}
      rest=${rest#|}
      say "  Installing: $packages"
      # shellcheck disable=SC2086 # several names in one variable
      install_packages $packages && installed "$1" && return
    done
  fi
  warn "$1 could not be installed. By hand: $(install_by_hand "$1"). Then try again."
  return 1
}
