#!/usr/bin/env bash
# Runs this scenario and prints a table of what happened; --seconds N for longer or shorter phases.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec dotnet run --project ../scenarios -c Release -- "$(basename "$PWD")" "$@"
