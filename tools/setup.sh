#!/usr/bin/env bash
# What the rest needs: packages of the system, Rust with its wasm target, Node and npm packages, the
# browser. Each step says what it does and why, does nothing when there is nothing to do, and says in
# plain words what is missing when it cannot help itself. Works with bash 3.2 (macOS) and later.
#
#     tools/setup.sh STEP...      node page bench hosts consumers rust wasm-bindgen wasm-pack chromium chromedriver
#                                 firefox webkit
#
# What later commands need to know (PATH, RUSTC, ...) is written to file descriptor 3, where it is
# open, as NAME=value lines. Sourced, this file only defines its functions.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly TOOLS=${FCN_LAB_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fcn-lab}
readonly WASM_TARGET=wasm32-unknown-unknown
readonly OWN_RUST=$TOOLS/rust
readonly RUST_MINOR_NEEDED=95 # Burn 0.22 needs Rust 1.95
readonly NODE_MAJOR_NEEDED=20
readonly WASM_PACK_VERSION=0.15.1
# A shell that already has our compiler in front gets the same treatment as one that has not.
[ -n "${FCN_LAB_RUST_READY:-}" ] || PATH=${PATH//"$OWN_RUST/bin:"/}

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
  [ -z "${FCN_LAB_RUST_READY:-}" ] || return 0
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
  have cc || apt_install "a C compiler's linker, which Rust links with" \
    "Install a C compiler (macOS: xcode-select --install)" gcc libc6-dev
  choose_wasm_linker
  export PATH=$TOOLS/bin:$PATH
  export FCN_LAB_RUST_READY=yes
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
  has_wasm_target "$OWN_RUST/bin/rustc" ||
    die "the standard library was built, but the compiler does not see it. $otherwise"
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
  cargo_tool wasm-bindgen wasm-bindgen-cli "$version" \
    "writes the JavaScript side of the wasm; its version must equal the crate's"
}

# --- Node and what npm brings -------------------------------------------------------------

node_recent_enough() {
  have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$NODE_MAJOR_NEEDED" ]
}

ensure_node() {
  node_recent_enough && return
  mkdir -p "$TOOLS"
  local otherwise="Install Node $NODE_MAJOR_NEEDED or later, with npm, from https://nodejs.org"
  if have node; then
    die "node $(node --version) is here, but Node $NODE_MAJOR_NEEDED or later and npm are needed. $otherwise"
  fi
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
  # Tests and tools live beside www/, where Node would not look for packages.
  local folder
  for folder in tests tools; do
    [ -e "$folder/node_modules/esbuild" ] || ln -sfn ../www/node_modules "$folder/node_modules"
  done
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
    first_command chromedriver >/dev/null ||
      apt_install "chromedriver, with which wasm-pack drives Chromium" "$otherwise" chromium-driver
    hash -r
    CHROMEDRIVER=$(first_command chromedriver) || die "no chromedriver found. $otherwise"
  fi
  [ -x "$CHROMEDRIVER" ] || die "CHROMEDRIVER=$CHROMEDRIVER is not a program. $otherwise"
  export CHROMEDRIVER
}

ensure_firefox() {
  mkdir -p "$TOOLS"
  local otherwise="Install Firefox and set FIREFOX to its path"
  if [ -z "${FIREFOX:-}" ]; then
    find_firefox >/dev/null || apt_install "Firefox, for the tests" "$otherwise" firefox-esr
    hash -r
    FIREFOX=$(find_firefox) || die "no Firefox found. $otherwise"
  fi
  [ -x "$FIREFOX" ] || die "FIREFOX=$FIREFOX is not a program. $otherwise"
  export FIREFOX
  # Where Firefox has WebGPU, it finds an adapter also on a machine without a GPU.
  if have apt-get && ! compgen -G "/usr/share/vulkan/icd.d/*.json" >/dev/null; then
    apt_install "a Vulkan driver, on which Firefox computes" "Install any Vulkan driver" mesa-vulkan-drivers
  fi
}

find_firefox() { first_command firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"; }

ensure_webkit() {
  mkdir -p "$TOOLS"
  local otherwise="Install WebKitGTK's WebKitWebDriver with its MiniBrowser, and Xvfb"
  { have WebKitWebDriver && have Xvfb; } ||
    apt_install "WebKit and a screen in memory, for the tests" "$otherwise" webkit2gtk-driver xvfb
  hash -r
  { have WebKitWebDriver && have Xvfb; } || die "no WebKitGTK found. $otherwise"
}

# --- Steps --------------------------------------------------------------------------------

set_up() {
  case $1 in
    node) ensure_node ;;
    page) ensure_page_packages ;;
    bench) ensure_npm bench "the engines to compare with" ;;
    hosts)
      ensure_npm tests/hosts "React, Vue and Reveal.js, in which the recipes for teachers are tried"
      ensure_npm tests/hosts/react-18 "React 18, too"
      ;;
    consumers) ensure_npm tests/consumers "Vite, webpack, esbuild and React, with which the package is tried" ;;
    rust) ensure_rust ;;
    wasm-bindgen) ensure_wasm_bindgen ;;
    wasm-pack) cargo_tool wasm-pack wasm-pack "$WASM_PACK_VERSION" "runs the wasm tests in a browser" ;;
    chromium) ensure_chromium ;;
    chromedriver) ensure_chromedriver ;;
    firefox) ensure_firefox ;;
    webkit) ensure_webkit ;;
    *) die "there is no set-up step called $1" ;;
  esac
}

# tell_environment: the variables that the steps set, for whoever started this.
tell_environment() {
  local name
  for name in PATH RUSTC RUSTDOC CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER FCN_LAB_RUST_READY CHROMIUM CHROMEDRIVER \
    FIREFOX; do
    [ -z "${!name:-}" ] || printf '%s=%s\n' "$name" "${!name}"
  done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  for step in "$@"; do set_up "$step"; done
  if { true >&3; } 2>/dev/null; then tell_environment >&3; fi
fi
