#!/usr/bin/env bash
# Makes sure that the peers and the client of the bench are there: as root it installs Debian's packages, otherwise it names the command.
set -euo pipefail

# command:package
needs=(haproxy:haproxy nginx:nginx-light caddy:caddy h2load:nghttp2-client)

missing=()
for need in "${needs[@]}"; do
  command -v "${need%%:*}" >/dev/null 2>&1 || missing+=("${need##*:}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "The bench needs: ${missing[*]}. Install them (sudo apt-get install ${missing[*]}) and try again." >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2

# The packages start services of their own, which nobody asked for and which would take part in the measurement.
if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    service=${package%-light}
    systemctl disable --now "$service" >/dev/null 2>&1 || true
  done
fi
