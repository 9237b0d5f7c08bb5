#!/usr/bin/env bash
# Runs this scenario and prints a table of what happened; --seconds N for longer or shorter phases. The binary: MESH_BINARY, else what
# ./build.sh publish makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
binary=${MESH_BINARY:-../../artifacts/gatewaymesh/gatewaymesh}
[ -x "$binary" ] || { echo "run.sh: $binary is missing: ./build.sh publish makes it" >&2; exit 1; }
exec "$binary" scenario "$(basename "$PWD")" --topology .. "$@"
