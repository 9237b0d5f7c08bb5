#!/usr/bin/env bash
# Runs every drill against host-a of a fresh demo mesh and prints one table; exits with 1 if a promise is broken.
# REGISTRY=consul ops/chaos.sh uses a mesh with a real Consul (see ops/get-consul.sh).
#
#   ops/chaos.sh [FAULT...]        default: all, the harmless ones first
#
# REGISTRY      file or consul     default: file
# GATEWAYMESH   the binary         default: artifacts/gatewaymesh/gatewaymesh
# PORT_BASE     lowest port        default: 15000
# RATE          requests per second default: 500
# CONNECTIONS   keep-alive         default: 20
# REPORT        folder for the reports of each drill; default: a temporary one, removed at the end
set -euo pipefail
cd "$(dirname "$0")/.."

gatewaymesh=${GATEWAYMESH:-artifacts/gatewaymesh/gatewaymesh}
port_base=${PORT_BASE:-15000}
faults=("$@")
if [ ${#faults[@]} -eq 0 ]; then
    faults=(drain upgrade registry-down starve slow kill hang guard kill-gateway gateways-down crash-loop)
fi

if [ ! -x "$gatewaymesh" ]; then
    echo "$gatewaymesh does not exist: run ./build.sh publish first, or set GATEWAYMESH" >&2
    exit 2
fi

work=$(mktemp -d)
report=${REPORT:-$work}
mkdir -p "$report"

finish() {
    if [ -n "${demo:-}" ] && kill -0 "$demo" 2>/dev/null; then
        kill -TERM "$demo"
        wait "$demo" || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

"$gatewaymesh" demo --registry "${REGISTRY:-file}" --no-faults --json --duration 2h --port-base "$port_base" --data-dir "$work/mesh" >"$work/demo.json" 2>"$work/demo.err" &
demo=$!
for _ in $(seq 300); do
    grep -q '"event":"ready"' "$work/demo.json" && break
    kill -0 "$demo" 2>/dev/null || break
    sleep 0.3
done
if ! grep -q '"event":"ready"' "$work/demo.json"; then
    echo "the demo mesh was not ready:" >&2
    cat "$work/demo.err" >&2
    exit 1
fi

row='%-15s %-6s %7s %7s %8s %6s %9s %9s %10s %11s\n'
# The first member of that name: the summary precedes the series.
field() { grep -o "\"$1\":[^,}]*" "$2" | head -n 1 | cut -d: -f2; }

failed=0
# shellcheck disable=SC2059 # the format is a constant above
printf "$row" FAULT HELD SENT FAILED REFUSED LOST P50_MS P99_MS FIRST_MS FAILBACK_MS
for fault in "${faults[@]}"; do
    json="$report/$fault.json"
    code=0
    "$gatewaymesh" drill "$fault" --admin "127.0.0.1:$port_base" --url "${URL:-http://ledger/}" --rate "${RATE:-500}" --connections "${CONNECTIONS:-20}" \
        --duration "${DURATION:-25s}" --json >"$json" 2>"$report/$fault.err" || code=$?
    held=yes
    [ "$code" -eq 0 ] || { held=NO; failed=1; }
    # shellcheck disable=SC2059
    printf "$row" "$fault" "$held" "$(field sent "$json")" "$(field failed "$json")" "$(field refused "$json")" "$(field lost "$json")" \
        "$(field p50 "$json")" "$(field p99 "$json")" "$(field firstSuccessMs "$json")" "$(field failBackMs "$json")"
    if [ "$code" -ne 0 ]; then
        sed -n 's/.*"broken":\[\([^]]*\)\].*/    broken: \1/p' "$json"
        sed 's/^/    /' "$report/$fault.err"
    fi
done

exit $failed
