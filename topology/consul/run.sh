#!/usr/bin/env bash
# Starts a Consul in memory, the applications of host-b and the five nodes of this folder; Ctrl-C ends them all and leaves nothing but
# data/. README.md beside it says what to try. The binary: the first argument, else what ./build.sh publish makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
binary=${1:-../../artifacts/gatewaymesh/gatewaymesh}
export CONSUL_HTTP_ADDR=127.0.0.1:16500

[ -x "$binary" ] || { echo "run.sh: $binary is missing: ./build.sh publish makes it" >&2; exit 1; }
command -v consul >/dev/null || { echo "run.sh: there is no consul on PATH: ops/get-consul.sh provides one" >&2; exit 1; }

mkdir -p data
pids=()
start() {
    local log=$1
    shift
    "$@" >"data/$log.log" 2>&1 &
    pids+=($!)
}

# The nodes first: they take themselves out of the registry, which is why it goes last.
finish() {
    trap - INT TERM
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null || true
        wait "${pids[i]}" 2>/dev/null || true
    done
}
trap finish EXIT
trap 'exit 0' INT TERM

start consul consul agent -dev -ui -node=registry -bind=127.0.0.1 -client=127.0.0.1 -http-port=16500 -server-port=16501 \
    -serf-lan-port=16502 -serf-wan-port=-1 -dns-port=-1 -grpc-port=-1 -hcl 'limits { http_max_conns_per_client = 2000 }'
for _ in $(seq 150); do
    [ -n "$(consul operator raft list-peers 2>/dev/null | grep leader || true)" ] && break
    kill -0 "${pids[0]}" 2>/dev/null || break
    sleep 0.2
done
for entry in entries/*.json; do
    consul config write "$entry" >/dev/null || { echo "run.sh: Consul did not take $entry; data/consul.log says more" >&2; exit 1; }
done
consul kv put gatewaymesh/service-policy/payments @policy.yaml >/dev/null

start applications "$binary" demo-app --node host-b --web 16120:16101 --payments 16121:16101 --ledger 16122:16102
for node in gateway-1 gateway-2 host-a host-b ingress; do
    start "$node" "$binary" --config "$node.yaml"
done
echo "A Consul, the applications of host-b and five nodes are starting; their logs are in data/. Ctrl-C ends them."
wait
