#!/usr/bin/env bash
# Starts the five nodes of this folder; Ctrl-C ends them all. An application for payments, for example:
#   python3 -m http.server --bind 127.0.0.1 16121
# Then:  curl http://127.0.0.1:16001/ -H 'Host: payments'
# And:   kill -9 of host-a's worker (its pid stands in `gatewaymesh status --admin 127.0.0.1:16000`), and curl again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
binary=${1:-../../artifacts/gatewaymesh/gatewaymesh}
[ -x "$binary" ] || { echo "run.sh: $binary is missing: ./build.sh publish makes it" >&2; exit 1; }
mkdir -p data
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM
for node in host-a host-b gateway-1 gateway-2 ingress; do
  "$binary" --config "$node.yaml" >"data/$node.log" 2>&1 &
done
echo "Five nodes are starting; their logs are in data/. Ctrl-C ends them."
wait
