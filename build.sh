#!/usr/bin/env bash
# The one door to FCN Lab: sets up what a command needs, builds, serves, tests.
# Every set-up step is in this file. Each one says what it does and why, does nothing when
# there is nothing to do, and says in plain words what is missing when it cannot help itself.
# Works with bash 3.2 (macOS) and later.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
readonly REPO=$PWD
readonly TOOLS=${FCN_LAB_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fcn-lab}
readonly TARGET=${CARGO_TARGET_DIR:-$REPO/target}
readonly WASM_TARGET=wasm32-unknown-unknown
readonly OWN_RUST=$TOOLS/rust
# A shell that already has our compiler in front gets the same treatment as one that has not.
PATH=${PATH//"$OWN_RUST/bin:"/}
readonly ORIGINAL_PATH=$PATH
readonly RUST_MINOR_NEEDED=95 # Burn 0.22 needs Rust 1.95
readonly NODE_MAJOR_NEEDED=20
readonly WASM_PACK_VERSION=0.15.1
readonly SUITES="format clippy types js rust wasm browser"
readonly ALL_SUITES="$SUITES full"
# The features are those that rustc switches on, and SIMD, which .cargo/config.toml adds.
# -O1: -Os takes four times as long, and what it makes is smaller only until it is compressed
# (measured on an older wasm: 12.6 MB, 3.03 MB gzipped, against 14.8 MB, 2.86 MB gzipped).
readonly WASM_OPT_FLAGS="-O1 --strip-debug --strip-producers --enable-simd --enable-bulk-memory
  --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals
  --enable-reference-types --enable-multivalue"

usage() {
  cat <<EOF
usage: ./build.sh [command]

  serve           (the default) build, then serve the page on localhost; PORT and HOST are honoured,
                  and ISOLATED=1 lets the CPU compute with several threads
  build           build the static site into dist/, for any file server, under any path
  test [suite..]  build and run every test, or only: $SUITES
                  \`full\`, by itself or in \`all\`, is the largest net once through the browser: 4 minutes
  bench           build and run the side-by-side benchmarks of bench/; --full: only the largest net
  clean           remove everything that was built here (tools in $TOOLS stay)

  FCN_LAB_WASM_OPT=0   leaves out wasm-opt: a larger wasm, sooner (for work on src/)
  FCN_LAB_FEATURES=burn-kernels   builds Burn's own GPU kernels into the wasm too (for bench)
  FCN_LAB_TOOLS=DIR    where downloaded tools are kept
  CHROMIUM, CHROMEDRIVER   the browser for tests, if not found by itself
EOF
}

say() { printf 'FCN Lab: %s\n' "$*"; }
warn() { printf 'FCN Lab: %s\n' "$*" >&2; }
die() {
  warn "$@"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# hash_of FILE...: one hash over the contents, in the order given; - is what is piped in.
hash_of() {
  if have sha256sum; then cat "$@" | sha256sum; else cat "$@" | shasum -a 256; fi | cut -d' ' -f1
}

# stamped FILE TEXT: does the stamp FILE hold TEXT, that is, was this step done with these inputs?
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# write_if_changed FILE, text on stdin. A compiler wrapper that is merely rewritten makes cargo
# build everything again, so an equal file keeps its time.
write_if_changed() {
  local text
  text=$(cat)
  stamped "$1" "$text" || printf '%s\n' "$text" >"$1"
}

# --- Packages of the system ---------------------------------------------------------------

# apt_install WHY OTHERWISE PACKAGE...: installs with apt-get where there is one; else fails
# with OTHERWISE, which says what to do by hand.
apt_install() {
  local why=$1 otherwise=$2
  shift 2
  have apt-get || die "$why is missing. $otherwise"
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || die "$why is missing. Ask an administrator for: apt-get install $*"
    sudo=sudo
  fi
  say "installing $* with apt-get: $why"
  # --no-remove: never pushes out something that is there on purpose.
  local install="$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove"
  # shellcheck disable=SC2086 # words, on purpose
  $install "$@" >"$TOOLS/apt.log" 2>&1 && return
  say "refreshing the package lists first"
  # shellcheck disable=SC2086
  { $sudo apt-get update -q && $install "$@"; } >"$TOOLS/apt.log" 2>&1 && return
  tail -n 5 "$TOOLS/apt.log" >&2
  die "apt-get could not install: $*. $otherwise"
}

# --- Rust and its wasm target -------------------------------------------------------------

rust_minor() { "$1" --version 2>/dev/null | sed -n 's/^rustc 1\.\([0-9]*\).*/\1/p'; }

rust_recent_enough() {
  local minor
  minor=$(rust_minor "$1")
  [ -n "$minor" ] && [ "$minor" -ge "$RUST_MINOR_NEEDED" ]
}

has_wasm_target() {
  local libdir
  libdir=$("$1" --print target-libdir --target "$WASM_TARGET" 2>/dev/null) || return 1
  compgen -G "$libdir/libstd-*.rlib" >/dev/null
}

# Case 1, the compiler in PATH has the target; case 2, rustup adds it; case 3, no reach beyond
# package registries: Debian's compiler, with a standard library built here.
ensure_rust() {
  [ -z "${RUST_READY:-}" ] || return 0
  mkdir -p "$TOOLS"
  if have rustc && have cargo && rust_recent_enough rustc && has_wasm_target rustc; then
    say "Rust: $(rustc --version), which has the $WASM_TARGET target"
  elif own_rust_is_current; then
    say "Rust: $(/usr/bin/rustc --version), with the $WASM_TARGET library in $OWN_RUST"
    use_own_rust
  elif rustup_adds_target; then
    say "Rust: $(rustc --version), to which rustup added the $WASM_TARGET target"
  else
    say "Rust: no $WASM_TARGET target here or from rustup; using Debian's compiler and building the target's library"
    make_own_rust
    use_own_rust
  fi
  have cc || apt_install "a C compiler's linker, which Rust links with" "Install a C compiler (macOS: xcode-select --install)" gcc libc6-dev
  choose_wasm_linker
  export PATH=$TOOLS/bin:$PATH
  RUST_READY=yes
}

rustup_adds_target() {
  have rustup && have rustc || return 1
  rust_recent_enough rustc || {
    warn "$(rustc --version) is older than 1.$RUST_MINOR_NEEDED; \`rustup update\` would bring a newer one"
    return 1
  }
  rustup target add "$WASM_TARGET" >"$TOOLS/rustup.log" 2>&1 && has_wasm_target rustc
}

own_rust_is_current() {
  [ -x /usr/bin/rustc ] && [ -x "$OWN_RUST/bin/rustc" ] &&
    stamped "$OWN_RUST/version" "$(/usr/bin/rustc -vV)" && has_wasm_target "$OWN_RUST/bin/rustc"
}

make_own_rust() {
  local otherwise="Install Rust from https://rustup.rs and run: rustup target add $WASM_TARGET"
  if ! { [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library ]; }; then
    apt_install "a Rust compiler for WebAssembly" "$otherwise" rustc-web cargo-web rust-web-src
  fi
  rust_recent_enough /usr/bin/rustc || die "/usr/bin/rustc is older than 1.$RUST_MINOR_NEEDED. $otherwise"
  # Debian's package of the linker is named after the compiler's LLVM.
  have "wasm-ld-$(llvm_major)" || apt_install "the linker for WebAssembly" "$otherwise" "lld-$(llvm_major)"

  local host system work=$TOOLS/build-std
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  system=$(/usr/bin/rustc --print sysroot)/lib/rustlib
  say "building Rust's standard library for $WASM_TARGET (about a minute)"
  rm -rf "$work"
  mkdir -p "$work/src"
  printf '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  # The standard library's own switch for building it with a released compiler.
  (cd "$work" && env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
    /usr/bin/cargo build --release --quiet --target "$WASM_TARGET" \
    -Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro) ||
    die "the standard library did not build. $otherwise"
  rm -f "$work/target/$WASM_TARGET"/release/deps/libstd_for_wasm*

  local libraries=$OWN_RUST/lib/rustlib/$WASM_TARGET/lib
  rm -rf "$libraries"
  mkdir -p "$libraries" "$OWN_RUST/bin"
  cp "$work/target/$WASM_TARGET"/release/deps/*.rlib "$libraries/"
  ln -sfn "$system/$host" "$OWN_RUST/lib/rustlib/$host"
  printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$OWN_RUST" | write_if_changed "$OWN_RUST/bin/rustc"
  printf '#!/bin/sh\nexec /usr/bin/cargo "$@"\n' | write_if_changed "$OWN_RUST/bin/cargo"
  chmod +x "$OWN_RUST/bin/rustc" "$OWN_RUST/bin/cargo"
  /usr/bin/rustc -vV >"$OWN_RUST/version"
  rm -rf "$work"
  has_wasm_target "$OWN_RUST/bin/rustc" || die "the standard library was built, but the compiler does not see it. $otherwise"
}

llvm_major() { /usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

use_own_rust() {
  export PATH=$OWN_RUST/bin:$PATH
  export RUSTC=$OWN_RUST/bin/rustc
  [ ! -x /usr/bin/rustdoc ] || export RUSTDOC=/usr/bin/rustdoc
  WASM_LINKER=wasm-ld-$(llvm_major)
}

# rustup's compilers bring rust-lld along; those of distributions need LLVM's linker.
choose_wasm_linker() {
  local linker=${WASM_LINKER:-}
  if [ -z "$linker" ]; then
    compgen -G "$(rustc --print sysroot)/lib/rustlib/*/bin/rust-lld" >/dev/null && return
    for linker in $(compgen -c wasm-ld | sort -ru) ""; do
      have "$linker" && break
    done
    [ -n "$linker" ] || die "no linker for WebAssembly. Install LLVM's lld (Debian: apt-get install lld)"
  fi
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker
}

# cargo_tool BINARY CRATE VERSION WHY: installs a command of exactly that version into $TOOLS/bin.
cargo_tool() {
  local binary=$1 crate=$2 version=$3 why=$4
  ensure_rust
  local tool=$TOOLS/bin/$binary
  if [ -x "$tool" ] && [ "$("$tool" --version 2>/dev/null | awk '{ print $2 }')" = "$version" ]; then return; fi
  say "installing $crate $version into $TOOLS (a few minutes, once): $why"
  local log=$TOOLS/$crate.log locked
  # Locked first, as tested by its authors; a registry that lags behind may lack a locked version.
  for locked in --locked ""; do
    # shellcheck disable=SC2086 # empty is no argument
    if (cd "$TOOLS" && env CARGO_TARGET_DIR="$TOOLS/build-tools" \
      cargo install "$crate" --version "=$version" --root "$TOOLS" --force $locked) >"$log" 2>&1; then
      rm -rf "$TOOLS/build-tools" "$log"
      return
    fi
  done
  tail -n 15 "$log" >&2
  die "$crate $version could not be installed (all of it: $log)"
}

ensure_wasm_bindgen() {
  local version
  version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  [ -n "$version" ] || die "Cargo.lock names no wasm-bindgen"
  cargo_tool wasm-bindgen wasm-bindgen-cli "$version" "writes the JavaScript side of the wasm; its version must equal the crate's"
}

# --- Node and what npm brings -------------------------------------------------------------

node_recent_enough() { have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$NODE_MAJOR_NEEDED" ]; }

ensure_node() {
  node_recent_enough && return
  mkdir -p "$TOOLS"
  local otherwise="Install Node $NODE_MAJOR_NEEDED or later, with npm, from https://nodejs.org"
  if have node; then die "node $(node --version) is here, but Node $NODE_MAJOR_NEEDED or later and npm are needed. $otherwise"; fi
  apt_install "Node" "$otherwise" nodejs npm
  hash -r
  node_recent_enough || die "apt-get brought node $(node --version), which is too old. $otherwise"
}

# ensure_npm FOLDER WHY
ensure_npm() {
  local folder=$1 why=$2 wanted
  ensure_node
  wanted=$(hash_of "$folder/package.json" "$folder/package-lock.json")
  stamped "$folder/node_modules/.fcn-lab" "$wanted" && return
  say "installing the npm packages of $folder/: $why"
  # Post-install scripts download from elsewhere; none of these packages needs its own.
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    die "npm ci failed in $folder/ (is the npm registry reachable?)"
  printf '%s\n' "$wanted" >"$folder/node_modules/.fcn-lab"
}

ensure_page_packages() {
  ensure_npm www "the page's few libraries, esbuild, wasm-opt and the test tools"
  # Tests live beside www/, where Node would not look for packages.
  [ -e tests/node_modules/esbuild ] || ln -sfn ../www/node_modules tests/node_modules
}

build_vendor() {
  ensure_page_packages
  local wanted
  wanted=$(hash_of www/vendor.mjs www/package-lock.json)
  stamped www/vendor/.fcn-lab "$wanted" && return
  say "bundling the page's libraries into www/vendor/"
  (cd www && node vendor.mjs)
  printf '%s\n' "$wanted" >www/vendor/.fcn-lab
}

# --- Browser (tests and benchmarks only) --------------------------------------------------

# first_command NAME...: the full path of the first that exists.
first_command() {
  local name
  for name in "$@"; do
    if have "$name"; then
      command -v "$name"
      return
    fi
  done
  return 1
}

find_chromium() {
  first_command chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
}

ensure_chromium() {
  mkdir -p "$TOOLS"
  local otherwise="Install Chromium or Chrome and set CHROMIUM to its path"
  if [ -z "${CHROMIUM:-}" ]; then
    find_chromium >/dev/null || apt_install "a browser with WebGPU, for the tests" "$otherwise" chromium
    hash -r
    CHROMIUM=$(find_chromium) || die "no Chromium found. $otherwise"
  fi
  [ -x "$CHROMIUM" ] || die "CHROMIUM=$CHROMIUM is not a program. $otherwise"
  export CHROMIUM
}

ensure_chromedriver() {
  mkdir -p "$TOOLS"
  local otherwise="Install the chromedriver of your Chromium's version and set CHROMEDRIVER to its path"
  if [ -z "${CHROMEDRIVER:-}" ]; then
    first_command chromedriver >/dev/null || apt_install "chromedriver, with which wasm-pack drives Chromium" "$otherwise" chromium-driver
    hash -r
    CHROMEDRIVER=$(first_command chromedriver) || die "no chromedriver found. $otherwise"
  fi
  [ -x "$CHROMEDRIVER" ] || die "CHROMEDRIVER=$CHROMEDRIVER is not a program. $otherwise"
  export CHROMEDRIVER
}

# --- Building -----------------------------------------------------------------------------

# www/pkg/: the crate as wasm and its JavaScript side. cargo itself knows what is up to date.
build_wasm() {
  ensure_page_packages
  ensure_wasm_bindgen
  [ -d "$TARGET/$WASM_TARGET/release" ] ||
    say "building the crate for $WASM_TARGET: the first time all of Burn and wgpu, 10 to 15 minutes on two cores"
  # shellcheck disable=SC2086 # no words where there are no features
  cargo build --release --lib --locked --target "$WASM_TARGET" ${FCN_LAB_FEATURES:+--features $FCN_LAB_FEATURES}

  local raw=$TARGET/$WASM_TARGET/release/fcn_lab.wasm optimise=${FCN_LAB_WASM_OPT:-1} wanted
  wanted="$(hash_of "$raw" Cargo.lock) $optimise $(optimiser)"
  stamped www/pkg/.fcn-lab "$wanted" && return
  local fresh=$TARGET/pkg
  rm -rf "$fresh"
  wasm-bindgen --target web --remove-name-section --remove-producers-section --out-dir "$fresh" "$raw"
  # The linker's wrappers run every constructor at every call (see run_constructors in src/device.rs).
  if grep -q _command_export "$fresh/fcn_lab.js"; then
    die "the wasm's exports are wrapped as a command's: each call would run all constructors"
  fi
  if [ "$optimise" = 0 ]; then
    say "wasm-opt left out (FCN_LAB_WASM_OPT=0)"
  else
    optimise_wasm "$fresh/fcn_lab_bg.wasm"
  fi
  list_crates >"$fresh/CRATES.txt"
  printf '%s\n' "$wanted" >"$fresh/.fcn-lab"
  rm -rf www/pkg
  mv "$fresh" www/pkg
  say "www/pkg/: $(wc -c <www/pkg/fcn_lab_bg.wasm | tr -d ' ') bytes of wasm, $(gzip -9c www/pkg/fcn_lab_bg.wasm | wc -c | tr -d ' ') gzipped"
}

# What makes the optimised wasm out of the plain one: version and flags.
optimiser() {
  # shellcheck disable=SC2086 # one line of words
  echo binaryen "$(node -p 'require("./www/node_modules/binaryen/package.json").version')" $WASM_OPT_FLAGS
}

# Page, tests and dist/ all run the optimised wasm. It takes minutes, so each result is kept
# under the hash of what went in, and going back to a former state costs nothing.
optimise_wasm() {
  local wasm=$1 kept
  kept=$TOOLS/wasm-opt/$(optimiser | hash_of "$wasm" -).wasm
  if [ ! -f "$kept" ]; then
    say "wasm-opt: making the wasm smaller and faster (about a minute, only when src/ changed)"
    mkdir -p "$TOOLS/wasm-opt"
    # shellcheck disable=SC2086 # words, on purpose
    node www/node_modules/binaryen/bin/wasm-opt $WASM_OPT_FLAGS "$wasm" -o "$kept.part"
    mv "$kept.part" "$kept"
    # Eight are enough to go back and forth between branches.
    find "$TOOLS/wasm-opt" -name '*.wasm' -exec ls -t {} + | tail -n +9 | while read -r old; do rm -f "$old"; done
  fi
  cp "$kept" "$wasm"
}

# Which crates are inside the wasm, and their licences: the notice they ask for.
list_crates() {
  echo "Crates compiled into fcn_lab_bg.wasm: name, version, licence, source"
  cargo tree --locked --target "$WASM_TARGET" --edges normal,no-proc-macro --prefix none --format '{p} | {l} | {r}' |
    sed -e 's/ (\*)$//' -e 's/ ([^)]*)//' | LC_ALL=C sort -u
}

build_page() {
  build_vendor
  build_wasm
}

# dist/: what www/ serves, without what only developers need, at the same relative paths.
build_dist() {
  build_page
  local fresh=$TARGET/dist folder types
  rm -rf "$fresh"
  mkdir -p "$fresh"
  cp www/*.html www/*.js LICENSE-MIT LICENSE-APACHE "$fresh/"
  for folder in elements engine lib lessons page models samples styles pkg vendor; do
    [ ! -d "www/$folder" ] || cp -R "www/$folder" "$fresh/"
  done
  # The figure that other sites embed is served as one small file instead of twenty.
  node www/bundle-upsample.mjs "$fresh/elements/fcn-upsample.js"
  # Types of the elements and the engine, for those who use them from TypeScript.
  www/node_modules/.bin/tsc -p www --noEmit false --declaration --emitDeclarationOnly --rootDir www --outDir "$fresh"
  # What users see of Lit, who need not have it installed.
  printf '%s\n' 'export declare class LitElement extends HTMLElement {' '  readonly updateComplete: Promise<boolean>' \
    '  requestUpdate(): void' '}' >"$fresh/vendor/lit.d.ts"
  # The compiler points at the sources' own declarations; they were copied beside the emitted ones.
  for types in "$fresh"/elements/*.d.ts; do
    sed 's#<reference path="[^"]*/www/elements/#<reference path="./#' "$types" >"$types.part"
    mv "$types.part" "$types"
  done
  find "$fresh" \( -name '.*' -o -name '*.test.js' \) -type f -exec rm -f {} +
  if [ -d dist ] && diff -rq "$fresh" dist >/dev/null; then
    rm -rf "$fresh"
    say "dist/ is up to date"
  else
    rm -rf dist
    mv "$fresh" dist
    say "dist/ is ready: copy it to any file server, under any path"
  fi
}

# --- Testing ------------------------------------------------------------------------------

PASSED=0
FAILED=0
FAILED_SUITES=""

# sum_of PATTERN FILE: adds up the numbers that the pattern's one group matches, a line each.
sum_of() { sed -n "s/$1/\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

# record SUITE STATUS PASSED FAILED: a suite that ended badly without naming a failed test, or
# that ran no test at all, counts as one failure.
record() {
  local suite=$1 status=$2 passed=$3 failed=$4
  if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  [ "$failed" -eq 0 ] || FAILED_SUITES="$FAILED_SUITES $suite"
  say "$suite: $passed passed, $failed failed"
}

# logged NAME COMMAND...: runs it, showing and keeping its output; sets STATUS and LOG.
logged() {
  local name=$1
  shift
  LOG=$TARGET/test-logs/$name.log
  mkdir -p "$TARGET/test-logs"
  STATUS=0
  "$@" 2>&1 | tee "$LOG" || STATUS=$?
}

# check NAME COMMAND...: a check is one test, passed or failed.
check() {
  local name=$1
  logged "$@"
  if [ "$STATUS" -eq 0 ]; then record "$name" 0 1 0; else record "$name" "$STATUS" 0 1; fi
}

suite_format() {
  if PATH=$ORIGINAL_PATH cargo fmt --version >/dev/null 2>&1; then
    check format env PATH="$ORIGINAL_PATH" cargo fmt --check
  else
    say "format: left out, there is no rustfmt here"
  fi
}

# With the compiler that clippy came with, and so in a folder of its own.
suite_clippy() {
  if PATH=$ORIGINAL_PATH cargo clippy --version >/dev/null 2>&1; then
    check clippy env -u RUSTC PATH="$ORIGINAL_PATH" cargo clippy --locked --all-targets --no-default-features --target-dir "$TARGET/clippy"
  else
    say "clippy: left out, it is not installed"
  fi
}

suite_types() {
  check types-browser www/node_modules/.bin/tsc -p www
  check types-node www/node_modules/.bin/tsc -p tests
  check types-users www/node_modules/.bin/tsc -p tests/types
}

suite_js() {
  local tap=$TARGET/test-logs/js.tap
  mkdir -p "$TARGET/test-logs"
  logged js node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$tap" tests/js/*.test.js
  record js "$STATUS" "$(sum_of '^# pass \([0-9]*\).*' "$tap")" \
    "$(($(sum_of '^# fail \([0-9]*\).*' "$tap") + $(sum_of '^# cancelled \([0-9]*\).*' "$tap") + $(sum_of '^# skipped \([0-9]*\).*' "$tap")))"
}

# On the CPU back end: compiling wgpu natively would add minutes and test nothing that the
# browser does not test.
suite_rust() {
  logged rust cargo test --locked --release --no-default-features --no-fail-fast
  record rust "$STATUS" "$(sum_of '^test result:.* \([0-9]*\) passed.*' "$LOG")" "$(sum_of '^test result:.* \([0-9]*\) failed.*' "$LOG")"
}

# In Chromium, on WebGPU; the examples in the docs run natively. A test that was left out is a failed one: it must not pass for
# having found no adapter.
# The switch for measuring is in no other build: without this nobody would notice that it broke. As a library,
# which leaves the site's wasm alone.
suite_wasm() {
  check burn-kernels cargo rustc --locked --release --target wasm32-unknown-unknown --features burn-kernels --lib --crate-type rlib
  logged wasm env CHROMEDRIVER="$CHROMEDRIVER" WASM_BINDGEN_TEST_WEBDRIVER_JSON="$TARGET/webdriver.json" \
    WASM_BINDGEN_TEST_TIMEOUT="${WASM_BINDGEN_TEST_TIMEOUT:-900}" \
    wasm-pack test --headless --chrome --chromedriver "$CHROMEDRIVER" --mode no-install --release --lib --test '*'
  record wasm "$STATUS" "$(sum_of '^test result:.* \([0-9]*\) passed.*' "$LOG")" \
    "$(($(sum_of '^test result:.* \([0-9]*\) failed.*' "$LOG") + $(sum_of '^test result:.* \([0-9]*\) ignored.*' "$LOG")))"
}

suite_browser() {
  local report=$TARGET/test-logs/browser.json
  rm -f "$report"
  # The masks on the page are compared with this program's.
  cargo build --locked --release --no-default-features --example segment_rgba
  logged browser env FCN_LAB_REPORT="$report" www/node_modules/.bin/playwright test -c tests/browser
  [ -f "$report" ] || printf '{"stats":{}}' >"$report"
  record browser "$STATUS" "$(report_count "$report" expected)" \
    "$(($(report_count "$report" unexpected) + $(report_count "$report" flaky) + $(report_count "$report" skipped)))"
}

# The reference net at full width, in bounded time and memory.
suite_full() { check full node bench/full-width.mjs; }

report_count() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).stats[process.argv[2]] ?? 0' "$1" "$2"; }

# webdriver.json with the browser that was found: chromedriver looks in few places by itself.
write_webdriver_json() {
  mkdir -p "$TARGET"
  node -e '
    const fs = require("fs")
    const capabilities = JSON.parse(fs.readFileSync("webdriver.json", "utf8"))
    capabilities["goog:chromeOptions"].binary = process.env.CHROMIUM
    fs.writeFileSync(process.argv[1], JSON.stringify(capabilities, null, 2))' "$TARGET/webdriver.json"
}

# prepare SUITE: sets up only what that suite needs.
prepare() {
  case $1 in
    format | clippy) ;;
    types) build_dist ;; # the types of www/pkg, and those that users get, are generated
    js) build_vendor ;;
    rust) ensure_rust ;;
    wasm)
      ensure_node
      ensure_wasm_bindgen
      cargo_tool wasm-pack wasm-pack "$WASM_PACK_VERSION" "runs the wasm tests in a browser"
      ensure_chromium
      ensure_chromedriver
      write_webdriver_json
      ;;
    browser | full)
      ensure_chromium
      build_dist
      ;;
  esac
}

# run_suite SUITE: sets it up and runs it in a process of its own, so that one that cannot even
# be built counts as failed and the others still run.
run_suite() {
  local suite=$1 counts=$TARGET/test-logs/counts passed failed names
  say "--- $suite ---"
  rm -f "$counts"
  set +e
  (
    set -e
    prepare "$suite"
    "suite_$suite"
    printf '%s %s %s\n' "$PASSED" "$FAILED" "$FAILED_SUITES" >"$counts"
  )
  set -e
  if [ ! -f "$counts" ]; then
    record "$suite" 1 0 1
    return
  fi
  # Each process starts from the sums so far.
  read -r passed failed names <"$counts"
  PASSED=$passed
  FAILED=$failed
  FAILED_SUITES=${names:+ $names}
}

run_tests() {
  local suite
  # shellcheck disable=SC2086 # words, on purpose
  [ "$*" != all ] || set -- $ALL_SUITES
  for suite in "$@"; do
    case " $ALL_SUITES " in
      *" $suite "*) ;;
      *)
        warn "there is no suite called $suite; there are: $ALL_SUITES, and all"
        exit 2
        ;;
    esac
  done
  # shellcheck disable=SC2086 # words, on purpose
  [ $# -gt 0 ] || set -- $SUITES
  case " $* " in *" types "* | *" rust "* | *" wasm "* | *" browser "* | *" full "*) ensure_rust ;; esac
  mkdir -p "$TARGET/test-logs"
  for suite in "$@"; do run_suite "$suite"; done
  [ -z "$FAILED_SUITES" ] || say "failed:$FAILED_SUITES"
  echo "$PASSED passed, $FAILED failed"
  [ "$FAILED" -eq 0 ]
}

# --- Commands -----------------------------------------------------------------------------

command_serve() {
  build_page
  exec node www/serve.mjs --root www
}

command_bench() {
  [ -f bench/run.mjs ] || die "bench/run.mjs is not there"
  ensure_chromium
  build_dist
  if [ "${1:-}" = --full ]; then
    shift
    node bench/full-width.mjs "$@"
    return
  fi
  [ ! -f bench/package.json ] || ensure_npm bench "the engines to compare with"
  node bench/run.mjs "$@"
}

command_clean() {
  rm -rf dist www/pkg www/vendor www/node_modules tests/node_modules bench/node_modules bench/latest.json bench/layers.json test-results
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
    test) run_tests "$@" ;;
    bench) command_bench "$@" ;;
    serve | build | clean)
      if [ $# -gt 0 ]; then
        warn "not understood: $*"
        usage >&2
        exit 2
      fi
      case $command in
        serve) command_serve ;;
        build) build_dist ;;
        clean) command_clean ;;
      esac
      ;;
    -h | --help | help) usage ;;
    *)
      warn "not understood: $command"
      usage >&2
      exit 2
      ;;
  esac
}

# Sourced, for instance to try one step by itself, this file only defines its functions.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
