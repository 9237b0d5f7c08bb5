#!/usr/bin/env bash
# Several hosts on one machine: the mesh of topology/two-hosts, each host in its own network namespace, with network faults
# between them. Needs root, iproute2, nftables and consul (ops/get-consul.sh); python3 only for `delay` on a kernel without netem.
#
#   ops/hosts.sh up                        creates the hosts, starts Consul and the mesh, waits until it serves
#   ops/hosts.sh down                      ends every process in the hosts and removes them
#   ops/hosts.sh status                    running processes, and the mesh as seen by host-a
#   ops/hosts.sh exec HOST COMMAND...      runs a command on a host:  ops/hosts.sh exec host-a curl -s -H 'Host: payments' http://127.0.0.1:16001/
#   ops/hosts.sh partition HOST HOST       drops all packets between two hosts, in both directions
#   ops/hosts.sh loss HOST PERCENT         drops this share of a host's packets, in both directions
#   ops/hosts.sh delay HOST MILLISECONDS   delays each packet that leaves a host
#   ops/hosts.sh carry | carry-no-more     drains host-a, so that its guard carries to a gateway; returns it
#   ops/hosts.sh heal                      ends every network fault
#   ops/hosts.sh drill [NAME...]           load on host-a, a fault, a report: partition-gateway partition-gateway-carried partition-host
#                                          loss-1 loss-10 delay-100 (default: all); exits with 1 if a promise is broken
#
# GATEWAYMESH   the binary             default: artifacts/gatewaymesh/gatewaymesh
# HOSTS_NAME    prefix of the hosts    default: mesh (use another to run a second mesh)
# HOSTS_DATA    data and logs          default: /tmp/gatewaymesh-HOSTS_NAME; `down` leaves the logs
# RATE, CONNECTIONS, HOLD              of the drills: 200 requests per second, 20 connections, 10s
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hosts_sh=$PWD/ops/hosts.sh
gatewaymesh=$(realpath -m "${GATEWAYMESH:-artifacts/gatewaymesh/gatewaymesh}")
name=${HOSTS_NAME:-mesh}
data=${HOSTS_DATA:-/tmp/gatewaymesh-$name}
topology=$PWD/topology/two-hosts
switch=$name-switch
hosts=(registry host-a host-b gateway-1 gateway-2 edge)
declare -A address=([registry]=10.77.0.2 [host-a]=10.77.0.11 [host-b]=10.77.0.12 [gateway-1]=10.77.0.21 [gateway-2]=10.77.0.22 [edge]=10.77.0.31)

fail() { echo "hosts.sh: $*" >&2; exit "${code:-1}"; }
need() { command -v "$1" >/dev/null 2>&1 || code=2 fail "$1 is missing: $2"; }
known() { [ -n "${address[$1]:-}" ] || code=2 fail "no host '$1': ${hosts[*]}"; }
on() { ip netns exec "$name-$1" "${@:2}"; }
is_up() { ip netns list | grep -q "^$switch\b"; }
# The switch port of a host. (Interface names must be short.)
port_of() { echo "p-${1/gateway-/gw}"; }

make_hosts() {
    ip netns add "$switch"
    ip -n "$switch" link add bridge0 type bridge
    ip -n "$switch" link set bridge0 up
    for host in "${hosts[@]}"; do
        ip netns add "$name-$host"
        ip link add eth0 netns "$name-$host" type veth peer name "$(port_of "$host")" netns "$switch"
        ip -n "$switch" link set "$(port_of "$host")" master bridge0 up
        ip -n "$name-$host" address add "${address[$host]}/24" dev eth0
        ip -n "$name-$host" link set lo up
        ip -n "$name-$host" link set eth0 up
    done
}

# start NAME HOST COMMAND...: runs in the background with its own log and without a terminal.
start() {
    setsid ip netns exec "$name-$2" "${@:3}" >"$data/$1.log" 2>&1 </dev/null &
}

start_consul() {
    local settings='disable_update_check = true
ports { dns = -1 }
connect { enabled = true }'
    start consul-registry registry consul agent -server -bootstrap-expect=1 -node=registry -bind="${address[registry]}" -client=127.0.0.1 \
        -data-dir="$data/consul/registry" -hcl "$settings"
    for host in "${hosts[@]:1}"; do
        start "consul-$host" "$host" consul agent -node="$host" -bind="${address[$host]}" -client=127.0.0.1 -retry-join="${address[registry]}" -retry-interval=1s \
            -data-dir="$data/consul/$host" -hcl "$settings"
    done
    for host in "${hosts[@]:1}"; do
        await 40 "Consul's agent on $host (see $data/consul-$host.log)" consul_serves "$host"
    done
}

consul_serves() { on "$1" curl -sf -m 1 'http://127.0.0.1:8500/v1/health/service/consul?passing' | grep -q '"Node"'; }

start_mesh() {
    for entry in "$topology"/entries/*.json; do
        on host-a consul config write "$entry" >/dev/null
    done
    for host in "${hosts[@]:1}"; do
        start "$host" "$host" "$gatewaymesh" --config "$topology/$host.yaml" --set "dataDir=$data/$host" --set "runDir=$data/$host/run"
    done
    for host in host-a host-b; do
        start "app-$host" "$host" "$gatewaymesh" demo-app --node "$host" --web 16021:16001 --payments 16022:16002 --ledger 16023:16003
    done
    await 40 "an answer of payments on host-a (see $data/host-a.log)" mesh_serves
    for host in host-a host-b; do
        await 40 "two gateways in the list of $host" gateways_known "$host"
    done
}

mesh_serves() { on host-a curl -sf -m 2 -o /dev/null -H 'Host: ledger' http://127.0.0.1:16001/ && on edge curl -sf -m 2 -o /dev/null -H 'Host: web.example' http://127.0.0.1:16301/; }
gateways_known() { [ "$(grep -c '"tunnel"' "$data/$1/run/web/gateways.json" 2>/dev/null)" = 2 ]; }

# await SECONDS WHAT COMMAND...
await() {
    local end=$((SECONDS + $1))
    until "${@:3}" 2>/dev/null; do
        [ $SECONDS -lt $end ] || fail "$2 was not reached within $1 s"
        sleep 0.2
    done
}

up() {
    [ "$(id -u)" = 0 ] || code=2 fail "network namespaces require root: run as root"
    need ip "apt-get install iproute2"
    need nft "apt-get install nftables"
    need curl "apt-get install curl"
    need consul "ops/get-consul.sh gets it"
    [ -x "$gatewaymesh" ] || code=2 fail "$gatewaymesh is missing: run ./build.sh publish"
    is_up && code=2 fail "the hosts are up already: run $0 down first"
    rm -rf "$data"
    mkdir -p "$data"
    trap 'undo_up' EXIT
    trap 'exit 130' INT TERM
    make_hosts
    start_consul
    start_mesh
    trap - EXIT INT TERM
    echo "up: ${hosts[*]}; logs in $data"
    echo "try: $0 exec host-a curl -s -H 'Host: ledger' http://127.0.0.1:16001/"
}

# A partial start is removed; its logs stay and are printed.
undo_up() {
    local log
    down
    for log in "$data"/*.log; do
        { echo "---- $log"; tail -n 8 "$log"; } >&2
    done
}

# The mesh first, so that it deregisters; whatever does not exit by itself is killed.
down() {
    local host pids
    for pass in TERM KILL; do
        for host in "${hosts[@]}"; do
            pids=$(ip netns pids "$name-$host" 2>/dev/null || true)
            # shellcheck disable=SC2086 # a list of numbers
            [ -z "$pids" ] || kill -s $pass $pids 2>/dev/null || true
        done
        for _ in $(seq 100); do
            [ -n "$(for host in "${hosts[@]}"; do ip netns pids "$name-$host" 2>/dev/null || true; done)" ] || break
            sleep 0.1
        done
    done
    heal
    for host in "${hosts[@]}" switch; do
        ip netns delete "$name-$host" 2>/dev/null || true
    done
}

status() {
    is_up || fail "the hosts are not up: run $0 up first"
    for host in "${hosts[@]}"; do
        echo "$host ${address[$host]}: $(ip netns pids "$name-$host" | wc -l) processes"
    done
    on host-a "$gatewaymesh" status --admin 127.0.0.1:16000
}

# ---- network faults

filter() { ip netns exec "$switch" nft -f - <<<"$1"; }

# Packets are dropped in the switch, so that neither end notices.
rules() { filter "add table bridge faults; add chain bridge faults forward { type filter hook forward priority 0; }; $1"; }

partition() {
    known "$1"; known "$2"
    rules "add rule bridge faults forward ip saddr ${address[$1]} ip daddr ${address[$2]} drop
           add rule bridge faults forward ip saddr ${address[$2]} ip daddr ${address[$1]} drop"
}

loss() {
    known "$1"
    rules "add rule bridge faults forward ip saddr ${address[$1]} numgen random mod 1000 < $(($2 * 10)) drop
           add rule bridge faults forward ip daddr ${address[$1]} numgen random mod 1000 < $(($2 * 10)) drop"
}

delay() {
    known "$1"
    if ip netns exec "$name-$1" tc qdisc add dev eth0 root netem delay "$2ms" limit 10000 2>/dev/null; then
        return
    fi
    need python3 "this kernel has no netem, so python3 must hold the packets: apt-get install python3"
    setsid ip netns exec "$switch" python3 ops/hold-packets.py --host "$name-$1" --port "$(port_of "$1")" --bridge bridge0 --milliseconds "$2" >"$data/delay.log" 2>&1 </dev/null &
    echo $! >"$data/delay.pid"
    await 10 "the delay (see $data/delay.log)" grep -q holding "$data/delay.log"
}

heal() {
    local host
    ip netns exec "$switch" nft delete table bridge faults 2>/dev/null || true
    for host in "${hosts[@]}"; do
        ip netns exec "$name-$host" tc qdisc delete dev eth0 root 2>/dev/null || true
    done
    if [ -f "$data/delay.pid" ]; then
        kill "$(cat "$data/delay.pid")" 2>/dev/null || true
        rm -f "$data/delay.pid"
        for host in "${hosts[@]}"; do
            ip -n "$switch" link set "$(port_of "$host")" master bridge0 2>/dev/null || true
        done
    fi
}

# ---- drills

row='%-26s %-5s %6s %7s %8s %6s %7s %8s %8s %9s\n'
field() { grep -o "\"$1\":[^,}]*" "$2" | head -n 1 | cut -d: -f2; }

drill() {
    is_up || fail "the hosts are not up: run $0 up first"
    local failed=0 one begin end may_lose report held
    # shellcheck disable=SC2059 # the format is a constant above
    printf "$row" DRILL HELD SENT FAILED REFUSED LOST LATE P50_MS P99_MS MAX_MS
    for one in "$@"; do
        end="$hosts_sh heal"
        may_lose=0
        case $one in
            partition-gateway) begin="$hosts_sh partition host-a $(first_gateway)" ;;
            partition-gateway-carried) begin="$hosts_sh carry && $hosts_sh partition host-a $(first_gateway)"
                end="$end; $hosts_sh carry-no-more"
                may_lose=${CONNECTIONS:-20} ;; # requests in flight are not retried
            partition-host) begin="$hosts_sh partition host-a host-b" ;;
            loss-1) begin="$hosts_sh loss host-b 1" ;;
            loss-10) begin="$hosts_sh loss host-b 10" ;;
            delay-100) begin="$hosts_sh delay host-b 100" ;;
            *) code=2 fail "no drill '$one': partition-gateway partition-gateway-carried partition-host loss-1 loss-10 delay-100" ;;
        esac
        report=$data/drill-$one.json
        held=yes
        run_drill "$begin" "$end" $may_lose >"$report" 2>"$data/drill.err" || { held=NO; failed=1; }
        # shellcheck disable=SC2059
        printf "$row" "$one" $held "$(field sent "$report")" "$(field failed "$report")" "$(field refused "$report")" "$(field lost "$report")" "$(field timedOut "$report")" \
            "$(field p50 "$report")" "$(field p99 "$report")" "$(field max "$report")"
        if [ $held = NO ]; then
            sed -n 's/.*"broken":\[\([^]]*\)\].*/    broken: \1/p' "$report"
            sed 's/^/    /' "$data/drill.err"
        fi
        heal
    done
    return $failed
}

run_drill() {
    on host-a "$gatewaymesh" drill command --begin "$1" --end "$2" --may-lose "$3" --hold "${HOLD:-10s}" --admin 127.0.0.1:16000 --via 127.0.0.1:16001 --url http://payments/ \
        --rate "${RATE:-200}" --connections "${CONNECTIONS:-20}" --timeout 20s --json
}

# host-a's worker is drained, so that its guard carries everything to the first gateway of its list.
carry() { on host-a "$gatewaymesh" drain --admin 127.0.0.1:16000 && await 15 "the guard's turn" carries; }
carry-no-more() { on host-a "$gatewaymesh" drain --undo --admin 127.0.0.1:16000; }
carries() { on host-a "$gatewaymesh" status --json --admin 127.0.0.1:16000 | tr -d ' \n' | grep -q '"tier":"gateway"'; }
first_gateway() { grep -o '"node": *"[^"]*"' "$data/host-a/run/web/gateways.json" | head -n 1 | cut -d'"' -f4; }

case ${1:-} in
    up | down | status | heal | carry | carry-no-more) "$1" ;;
    exec) known "${2:?a host}"; on "${@:2}" ;;
    partition | loss | delay) [ $# = 3 ] || code=2 fail "$1 needs two arguments: see $0 --help"; "$@" ;;
    drill) shift; [ $# -gt 0 ] || set -- partition-gateway partition-gateway-carried partition-host loss-1 loss-10 delay-100; drill "$@" ;;
    -h | --help | help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" ;;
    *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
esac
