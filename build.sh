#!/usr/bin/env bash
# Restores the Cake tool and runs a target of build.cake. Works from any folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

called_from=$PWD

usage() {
  cat <<'TEXT'
Usage: ./build.sh TARGET [ARGUMENTS]

  demo     publish if anything changed, then run `gatewaymesh demo`; ARGUMENTS go to it:
             ./build.sh demo --duration 20s
  test     build, publish and run every test; the last line is `N passed, N failed`
             ./build.sh test --filter NAME     only test projects whose name contains NAME
  posts    publish, and send 10,000 POSTs with idempotency keys in each failover case; ends with 1 if one failed or was executed twice
             ./build.sh posts --posts 2000
  fuzz     10,000,000 inputs for each reader of HTTP/1.1, PROXY headers, and hellos of guards, with progress; ends with 1 and the input if one fails
             ./build.sh fuzz --inputs 100000 --seed 7
  bench    measure the published file against HAProxy, nginx, Caddy and bare YARP in one interleaved run (usually about 40 minutes);
           reports as text, JSON and SVG in artifacts/bench. As root it installs the peers from Debian
             ./build.sh bench --quick          one short round, to see that everything runs
             ./build.sh bench --only cpu,rates --rounds 5 --seconds 6
  soak     1,000 connections with 20 requests a second each through two sidecars with mTLS of the published file, for ten minutes; ends with
           1 if a request was lost, a descriptor was kept, or private memory grew
             ./build.sh soak --minutes 2 --connections 200 --rate 10
             ./build.sh soak --idle 20000      private memory of each of 20,000 idle connections
  publish  make artifacts/gatewaymesh/gatewaymesh, one native program that needs no .NET installed, and its symbols gatewaymesh.dbg
  build    restore and build all projects
  locks    write the packages.lock.json files again, after a package was changed
  reference  write docs/reference-bootstrap.md, -cli.md and -admin.md again, after a key, an option or a document was changed
  help     this text

  --jit    with demo, test, bench, soak or publish: make the file without the native compiler, where no C linker can be had. The program starts
           more slowly and takes more memory

Needs the .NET 10 SDK (10.0.100 or later) and a C linker (Debian: gcc, libc6-dev), which ops/get-linker.sh installs when it is root. What the tests call besides (Consul, node, nft …) tests/tools.sh installs from Debian when it is root.
TEXT
}

started=$(date +%s)

# A line with the time since the start, as build.cake writes them.
say() {
  local seconds=$(($(date +%s) - started))
  printf '[%02d:%02d] %s\n' $((seconds / 60)) $((seconds % 60)) "$*"
}

fail() {
  printf 'build.sh: %s\n' "$@" >&2
  exit 1
}

target=${1:-help}
[ $# -gt 0 ] && shift
[ "${1:-}" = "--" ] && shift

case "$target" in
  demo|test|posts|fuzz|bench|soak|publish|build|locks|reference) ;;
  help|-h|--help) usage; exit 0 ;;
  *) usage >&2; printf '\n' >&2; fail "unknown target '$target'" ;;
esac

# --jit is for the build; the rest goes to the demo. --aot asked for what is now the default.
jit=0
rest=()
for argument in "$@"; do
  case "$argument" in
    --jit) jit=1 ;;
    --aot) ;;
    *) rest+=("$argument") ;;
  esac
done
set -- ${rest[@]+"${rest[@]}"}

# True if nothing that goes into the published file is newer than it.
is_up_to_date() {
  local file=$here/artifacts/gatewaymesh/gatewaymesh
  [ -x "$file" ] && [ -z "$(cd "$here" && find src Directory.*.props global.json build.cake \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$file" -print -quit)" ]
}

# This shell becomes the demo: a signal and the terminal reach it and nobody in between.
run_demo() {
  cd "$here"
  exec artifacts/gatewaymesh/gatewaymesh demo "$@"
}

# This shell becomes the bench, likewise. Files of its options are relative to where it was called.
run_bench() {
  cd "$called_from"
  BENCH_ROOT=$here exec dotnet "$here"/tests/GatewayMesh.Bench/bin/Release/net10.0/GatewayMesh.Bench.dll "$@"
}

run_soak() {
  cd "$here"
  exec dotnet tests/GatewayMesh.Bench/bin/Release/net10.0/GatewayMesh.Bench.dll soak "$@"
}

if [ "$target" = demo ] && is_up_to_date; then
  say "artifacts/gatewaymesh/gatewaymesh is up to date"
  run_demo "$@"
fi

# The SDK: on PATH, or where its installers put it.
if ! command -v dotnet >/dev/null 2>&1; then
  for folder in "${DOTNET_ROOT:-}" "${HOME:-/root}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
    if [ -n "$folder" ] && [ -x "$folder/dotnet" ]; then
      export PATH="$folder:$PATH" DOTNET_ROOT="$folder"
      break
    fi
  done
fi
command -v dotnet >/dev/null 2>&1 || fail \
  "the .NET 10 SDK is not here: there is no 'dotnet' on PATH, in ~/.dotnet or in /usr/share/dotnet." \
  "Install it as https://learn.microsoft.com/dotnet/core/install/linux-debian says (package dotnet-sdk-10.0), then call again."

export HOME="${HOME:-/root}"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# No libicu on a fresh Debian, and none is needed: nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# No MSBuild node waits for a next build.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

cd "$here"
if ! sdk=$(dotnet --version 2>&1); then
  fail "no SDK here satisfies global.json (10.0.100 or later is wanted). Installed are:" \
    "$(dotnet --list-sdks 2>/dev/null | sed 's/^/  /')" \
    "Install the .NET 10 SDK as https://learn.microsoft.com/dotnet/core/install/linux-debian says, then call again."
fi

# The linker before all else: who has none learns that at once and not after minutes.
BUILD_LINKER=
case "$target" in
  demo|test|posts|bench|soak|publish)
    if [ $jit = 0 ]; then
      BUILD_LINKER=$(ops/get-linker.sh) || {
        [ "$target" = test ] && echo "0 passed, 0 failed"
        fail "the native build needs a C linker: the line above names what to install." \
          "Where none can be had, './build.sh $target --jit' makes a file that starts more slowly and takes more memory."
      }
    fi
    ;;
esac
export BUILD_LINKER BUILD_JIT=$jit BUILD_STARTED=$started

if [ "$target" = bench ]; then
  export PATH="$PATH:/usr/sbin" # of haproxy and nginx, which the PATH of a user may not have
  tests/GatewayMesh.Bench/tools.sh
fi

case "$target" in
  bench|soak)
    if is_up_to_date; then
      export BUILD_UP_TO_DATE=1
    fi
    ;;
esac

case "$target" in
  demo) say "the demo is built first: usually 3 minutes, later only after a change" ;;
  publish) say "building: usually about 3 minutes on two cores" ;;
esac
say "fetching the build tool (Cake)"
dotnet tool restore --verbosity quiet >/dev/null ||
  fail "the Cake tool (.config/dotnet-tools.json) could not be restored; is the package source reachable? Try: dotnet tool restore"

# Arguments reach the script of Cake one a line, so that Cake does not read them as its own.
BUILD_ARGUMENTS=$(printf '%s\n' "$@")
export BUILD_ARGUMENTS

sum=artifacts/tests/sum.txt
if [ "$target" = test ]; then
  rm -f "$sum"
  if ! tests/tools.sh; then
    echo "0 passed, 0 failed"
    exit 1
  fi
fi

status=0
goal=$target
[ "$target" = demo ] && goal=publish
[ "$target" = soak ] && goal=bench
dotnet cake build.cake "--target=$goal" --verbosity=minimal --no-report || status=$?

case "$target" in
  test)
    # The last line is the sum of the whole run, whatever Cake says at its end.
    if [ -s "$sum" ]; then
      cat "$sum"
    else
      echo "The build ended before a test ran." >&2
      echo "0 passed, 0 failed"
      [ $status -ne 0 ] || status=1
    fi
    ;;
  demo)
    [ $status -eq 0 ] && run_demo "$@"
    ;;
  bench)
    [ $status -eq 0 ] && run_bench "$@"
    ;;
  soak)
    [ $status -eq 0 ] && run_soak "$@"
    ;;
esac
exit $status
