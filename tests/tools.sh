#!/usr/bin/env bash
# Makes sure that what the tests call is there: as root it installs what is missing (Debian packages, Consul), otherwise it names the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# command:package
needs=(systemd-analyze:systemd ip:iproute2 nft:nftables curl:curl openssl:openssl nginx:nginx-light python3:python3 node:nodejs npm:npm redis-server:redis-server promtool:prometheus)

missing=()
for need in "${needs[@]}"; do
  command -v "${need%%:*}" >/dev/null 2>&1 || missing+=("${need##*:}")
done

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "The tests need: ${missing[*]}. Install them (sudo apt-get install ${missing[*]}) and try again." >&2
    exit 2
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

# The registry's tests run against a real Consul.
ops/get-consul.sh >/dev/null
