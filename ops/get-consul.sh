#!/usr/bin/env bash
# Makes sure that Consul is installed and prints its path. All other output goes to stderr.
#
#   ops/get-consul.sh [--help]
#
# The first of these that works:
#   1. `consul` on PATH: nothing is done
#   2. the package `consul` from the configured apt suites
#   3. the package `consul` of Debian's suite bullseye, from the configured apt mirror. The suite gets its own sources
#      file and is pinned, so that only this package comes from it
# 2 and 3 need root. Idempotent. Exit codes: 0 installed; 1 not installed, with the reason.
set -euo pipefail

readonly suite=bullseye
readonly sources=/etc/apt/sources.list.d/gatewaymesh-consul.sources
readonly pins=/etc/apt/preferences.d/gatewaymesh-consul

say() { echo "get-consul: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

found() {
    command -v consul || return 1
    exit 0
}

has_candidate() {
    local candidate
    candidate=$(apt-cache policy consul | sed -n 's/^ *Candidate: //p')
    [ -n "$candidate" ] && [ "$candidate" != "(none)" ]
}

# The Debian mirror of this machine (not the security archive, which has other suites).
debian_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' | sed -n 's/ Debian Debian$//p' | head -n 1
}

install() {
    # The package enables a systemd service; the agent must not start by itself.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 consul >&2
}

add_suite() {
    local mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail "apt has no Debian mirror: run apt-get update, or install Consul on PATH"
    say "adding the suite $suite, pinned to the package consul alone ($sources, $pins)"
    cat >"$pins" <<PINS
# The suite $suite is used for the package consul alone (ops/get-consul.sh of GatewayMesh).
Package: *
Pin: release n=$suite
Pin-Priority: -1

Package: consul
Pin: release n=$suite
Pin-Priority: 500
PINS
    cat >"$sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
    # Only this list: the others are left as they are.
    if ! apt-get update -qq -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 >&2; then
        rm -f "$sources" "$pins"
        fail "the configured mirror does not have the suite $suite: install Consul 1.8 or later on PATH"
    fi
}

case ${1-} in
-h | --help)
    sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 0
    ;;
'') ;;
*) fail "unknown argument $1 (see --help)" ;;
esac

found || true
command -v apt-get >/dev/null || fail "consul is not on PATH and this is not Debian: install Consul 1.8 or later on PATH"
[ "$(id -u)" = 0 ] || fail "consul is not on PATH: run this as root to install Debian's package, or install Consul 1.8 or later on PATH"

if ! has_candidate; then
    say "apt has no candidate for consul; updating the package lists"
    apt-get update -qq >&2 || say "apt-get update failed; using the existing lists"
fi
has_candidate || add_suite
has_candidate || fail "the suite $suite has no package consul for $(dpkg --print-architecture): install Consul 1.8 or later on PATH"
install || fail "apt could not install consul; see its output above"
found || fail "the package consul is installed, but consul is not on PATH ($PATH)"
