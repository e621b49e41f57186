# shellcheck shell=sh
# The project's own parts: npm packages and the compiled program. Each is made when missing or out of date.

# True when node_modules holds exactly what package-lock.json asks for.
packages_are_current() {
  node scripts/lib/packages-current.js
}

sqlite_is_compiled() {
  [ -f node_modules/sqlite3/build/Release/node_sqlite3.node ]
}

need_packages() {
  fetch_packages
  compile_packages
}

# All but the binary of sqlite3, which only running programs need.
fetch_packages() {
  packages_are_current && return
  if [ -L node_modules ]; then
    warn "node_modules is a link to a folder that others may use: it is not touched, although it is out of date."
    return
  fi
  with_lock npm fetch_npm_packages
}

compile_packages() {
  sqlite_is_compiled || [ -L node_modules ] || with_lock npm compile_sqlite
}

fetch_npm_packages() {
  packages_are_current && return
  has npm || die "npm is missing; it comes with Node.js: https://nodejs.org/en/download"
  say "Installing npm packages as package-lock.json says; this may take a minute ..."
  npm ci --include=dev --ignore-scripts --loglevel=error --no-progress || die "npm ci failed; the reason is above."
}

compile_sqlite() {
  sqlite_is_compiled && return
  need compiler "sqlite3 is compiled when no ready binary can be downloaded" || true
  say "Getting the binary of sqlite3 ready; where it cannot be downloaded, compiling takes some minutes ..."
  npm rebuild sqlite3 --loglevel=error --no-progress && sqlite_is_compiled && return
  [ -n "${npm_config_nodedir:-}" ] || warn "There are no headers of Node.js $(node --version) beside $(readlink -f "$(command -v node)")," \
    "so that sqlite3 needs the network. They come with the archives of nodejs.org, and in some distributions as a package (libnode-dev)."
  die "sqlite3 could not be made ready; the reason is above."
}

# True when the compiled program is younger than everything it is made from.
build_is_current() {
  [ -f dist/.built ] && [ -z "$(find src migrations package.json tsconfig.json tsconfig.build.json \
    -newer dist/.built -print 2>/dev/null | head -n 1)" ]
}

need_build() {
  build_is_current && return
  NODE_ENV=development fetch_packages
  with_lock build build_program
}

# Always from scratch: a file that was removed from the sources must not live on in the result.
build_program() {
  build_is_current && return
  say "Building ..."
  rm -rf dist
  mkdir dist
  stamp=$(mktemp)
  tool tsc -p tsconfig.build.json || die "The build failed; the reason is above."
  touch -r "$stamp" dist/.built
  rm -f "$stamp"
}
