# shellcheck shell=sh
# The project's own parts: npm packages and the compiled program. Each is made when missing or out of date.

# True when node_modules holds exactly what package-lock.json asks for and sqlite3 has its binary.
packages_are_current() {
  node scripts/lib/packages-current.js
}

need_packages() {
  packages_are_current && return
  if [ -L node_modules ]; then
    warn "node_modules is a link to a folder that others may use: it is not touched, although it is out of date."
    return
  fi
  with_lock npm install_npm_packages
}

install_npm_packages() {
  packages_are_current && return
  has npm || die "npm is missing; it comes with Node.js: https://nodejs.org/en/download"
  need compiler "sqlite3 is compiled when no ready binary can be downloaded" || true
  say "Installing npm packages as package-lock.json says; this takes some minutes ..."
  if npm ci --include=dev --loglevel=error --no-progress; then
    return
  fi
  [ -n "${npm_config_nodedir:-}" ] || warn "There are no headers of Node.js $(node --version) beside $(readlink -f "$(command -v node)")," \
    "so that sqlite3 needs the network. They come with the archives of nodejs.org, and in some distributions as a package (libnode-dev)."
  die "npm ci failed; the reason is above."
}

# True when the compiled program is younger than everything it is made from.
build_is_current() {
  [ -f dist/.built ] && [ -z "$(find src migrations package.json tsconfig.json tsconfig.build.json \
    -newer dist/.built -print 2>/dev/null | head -n 1)" ]
}

need_build() {
  build_is_current && return
  NODE_ENV=development need_packages
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
