#!/usr/bin/env bash
# Restores the Cake tool and runs a target of build.cake. Works from any folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'TEXT'
Usage: ./build.sh TARGET [ARGUMENTS]

  demo     publish if anything changed, then run `gatewaymesh demo`; ARGUMENTS go to it:
             ./build.sh demo --duration 20s
  test     build, publish and run every test; the last line is `N passed, N failed`
             ./build.sh test --filter NAME     only test projects whose name contains NAME
  publish  make artifacts/gatewaymesh/gatewaymesh, one file that needs no .NET installed
             ./build.sh publish --aot          by native AOT, where its runtime pack can be had
  build    restore and build all projects
  locks    write the packages.lock.json files again, after a package was changed
  reference  write docs/reference-bootstrap.md and docs/reference-cli.md again, after a key or an option was changed
  help     this text

Needs the .NET 10 SDK (10.0.100 or later). What the tests call besides (Consul, node, nft …) tests/tools.sh installs from Debian when it is root.
TEXT
}

fail() {
  printf 'build.sh: %s\n' "$@" >&2
  exit 1
}

target=${1:-help}
[ $# -gt 0 ] && shift
[ "${1:-}" = "--" ] && shift

case "$target" in
  demo|test|publish|build|locks|reference) ;;
  help|-h|--help) usage; exit 0 ;;
  *) usage >&2; printf '\n' >&2; fail "unknown target '$target'" ;;
esac

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
dotnet cake build.cake "--target=$target" --verbosity=minimal --no-report || status=$?

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
    # This shell becomes the demo: a signal and the terminal reach it and nobody in between.
    [ $status -eq 0 ] && exec artifacts/gatewaymesh/gatewaymesh demo "$@"
    ;;
esac
exit $status
