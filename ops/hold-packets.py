#!/usr/bin/env python3
"""Delays every packet that leaves a host, like netem, for kernels without it. ops/hosts.sh runs it in the switch.

The host's port is removed from the bridge; this program forwards between them through its own pair of interfaces.
SIGTERM ends the program and removes the pair; the caller returns the port to the bridge.
"""
import argparse
import array
import collections
import fcntl
import select
import signal
import socket
import struct
import subprocess
import sys
import time

ETH_P_ALL = 3
SIOCETHTOOL = 0x8946
OFFLOADS = {"checksum": 0x17, "scatter": 0x19, "tso": 0x1F, "gso": 0x24}  # linux/ethtool.h: ETHTOOL_STXCSUM, _SSG, _STSO, _SGSO


def finish_packets_early(interface):
    """Lets the kernel finish checksums and segments before a packet leaves, because nothing does so after this program."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS.values():
            value = array.array("B", struct.pack("II", command, 0))
            request = struct.pack("16sP8x", interface.encode(), value.buffer_info()[0])
            try:
                fcntl.ioctl(control, SIOCETHTOOL, request)
            except OSError:
                pass  # an offload unknown to this kernel is off


def run(*command):
    subprocess.run(command, check=True)


def raw(interface):
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened.bind((interface, 0))
    opened.setblocking(False)
    return opened


def frames(source):
    """Incoming frames. Frames sent by this program are visible too, and are skipped."""
    while True:
        try:
            frame, address = source.recvfrom(65536)
        except BlockingIOError:
            return
        if address[2] != socket.PACKET_OUTGOING:
            yield frame


def send(target, frame):
    try:
        target.send(frame)
    except OSError:
        pass  # a full queue loses a packet, as cables do


def relay(host, bridge, seconds):
    held = collections.deque()
    while True:
        wait = max(0.0, held[0][0] - time.monotonic()) if held else None
        ready, _, _ = select.select([host, bridge], [], [], wait)
        if host in ready:
            due = time.monotonic() + seconds
            held.extend((due, frame) for frame in frames(host))
        if bridge in ready:
            for frame in frames(bridge):
                send(host, frame)
        now = time.monotonic()
        while held and held[0][0] <= now:
            send(bridge, held.popleft()[1])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--host", help="network namespace of the host")
    options.add_argument("--port", help="the end of its cable in the switch")
    options.add_argument("--bridge")
    options.add_argument("--milliseconds", type=float)
    options.add_argument("--finish-packets-early", metavar="INTERFACE", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.finish_packets_early:
        finish_packets_early(given.finish_packets_early)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run("ip", "netns", "exec", given.host, sys.executable, __file__, "--finish-packets-early", "eth0")
    run("ip", "link", "add", "hold0", "type", "veth", "peer", "name", "hold1")
    try:
        finish_packets_early("hold1")
        run("ip", "link", "set", given.port, "nomaster")
        run("ip", "link", "set", "hold1", "master", given.bridge, "up")
        run("ip", "link", "set", "hold0", "up")
        with raw(given.port) as host, raw("hold0") as bridge:
            print(f"holding {given.milliseconds} ms", flush=True)
            relay(host, bridge, given.milliseconds / 1000)
    finally:
        run("ip", "link", "delete", "hold0")


if __name__ == "__main__":
    main()
