#!/usr/bin/env bash
# The one door to FCN Lab: sets up what a command needs, builds, serves, tests. What it does is in
# tools/: setup.sh installs, build.mjs builds, test.mjs tests. Works with bash 3.2 (macOS) and later.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/setup.sh
. tools/setup.sh

usage() {
  cat <<EOF
usage: ./build.sh [command]

  serve           (the default) build, then serve the page on localhost; PORT and HOST are honoured,
                  and ISOLATED=1 lets the CPU compute with several threads
  build           build the static site into dist/, for any file server, under any path
  package         build the npm package fcn-lab, a tarball in target/, of what dist/ has for other people's projects
  test [suite..]  build and run every suite but webkit and full, or only: format clippy types js rust wasm browser firefox
                  by itself or in \`all\`, \`webkit\` is the site in WebKitGTK, and \`full\` the largest net once
                  through the browser: 4 minutes
  bench           build and run the side-by-side benchmarks of bench/; --full: only the largest net
  clean           remove everything that was built here (tools in $TOOLS stay)

  FCN_LAB_WASM_OPT=0   leaves out wasm-opt: a larger wasm, sooner (for work on src/)
  FCN_LAB_FEATURES=burn-kernels   builds Burn's own GPU kernels into the wasm too (for bench)
  FCN_LAB_TOOLS=DIR    where downloaded tools are kept
  CHROMIUM, CHROMEDRIVER, FIREFOX   the browsers for tests, if not found by themselves
EOF
}

# not_understood WORDS: says so, and what there is.
not_understood() {
  warn "not understood: $*"
  usage >&2
  exit 2
}

command_serve() {
  ensure_node
  node tools/build.mjs page
  exec node tools/serve.mjs --root www
}

command_build() {
  ensure_node
  node tools/build.mjs dist
}

command_package() {
  ensure_node
  node tools/build.mjs package
}

command_test() {
  ensure_node
  exec node tools/test.mjs "$@"
}

command_bench() {
  [ -f bench/run.mjs ] || die "bench/run.mjs is not there"
  ensure_node
  ensure_chromium
  node tools/build.mjs dist
  if [ "${1:-}" = --full ]; then
    shift
    exec node bench/full-width.mjs "$@"
  fi
  [ ! -f bench/package.json ] || ensure_npm bench "the engines to compare with"
  exec node bench/run.mjs "$@"
}

command_clean() {
  rm -rf dist www/pkg www/vendor www/node_modules bench/node_modules tests/node_modules tools/node_modules
  rm -rf tests/hosts/node_modules tests/hosts/react-18/node_modules tests/consumers/node_modules
  rm -rf bench/latest.json bench/layers.json test-results
  if [ -z "${CARGO_TARGET_DIR:-}" ]; then
    rm -rf target
  else
    say "left alone: CARGO_TARGET_DIR=$CARGO_TARGET_DIR, which may serve other projects too"
  fi
  say "clean. The tools in $TOOLS stay; remove that folder to be rid of them too"
}

main() {
  local command=${1:-serve}
  [ $# -eq 0 ] || shift
  case $command in
    test | bench) "command_$command" "$@" ;;
    serve | build | package | clean)
      [ $# -eq 0 ] || not_understood "$@"
      "command_$command"
      ;;
    -h | --help | help) usage ;;
    *) not_understood "$command" ;;
  esac
}

main "$@"
