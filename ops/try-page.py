#!/usr/bin/env python3
"""Runs the commands of a page, as a reader would, and fails if a command fails or its output differs from the page.

    ops/try-page.py [--keep-logs] PAGE [TAG]       for example: ops/try-page.py docs/getting-started.md consul

Needs root: each host of the page is a network namespace with folders of its own (/etc/gatewaymesh, /var/lib, /var/log, /srv, /run/gatewaymesh, /usr/local/bin);
/srv/gatewaymesh/registry is shared, as the page asks for. Nothing of this machine's is touched, and every process of the hosts is ended.

Blocks of the page, by the words after the fence:
    ```sh HOST [TAG]            commands of HOST, run by bash; one that ends with & keeps running
    ```yaml HOST PATH [TAG]     a file that the reader writes (json likewise)
    ```text output              lines that the output of the commands above must contain; the commands are repeated until it does, for at most 90 s
Without a TAG all blocks of no tag run. With one, those before the first heading of level 2 that has blocks of another kind: blocks without a tag
before the section "With files", and the blocks of the tag.

GATEWAYMESH is the program; default: artifacts/gatewaymesh/gatewaymesh.
"""
import os, re, shutil, signal, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ADDRESSES = {"host-a": "10.0.0.5", "host-b": "10.0.0.6"}
PRIVATE = ["etc/gatewaymesh", "var/lib", "var/log", "srv", "run/gatewaymesh", "usr/local/bin"]
PATIENCE = 90


class Block:
    def __init__(self, language, words, text, line, section):
        self.language, self.words, self.text, self.line, self.section = language, words, text, line, section


def read(page):
    """The blocks of a page that name a host, and their expected outputs."""
    blocks, fence, section = [], None, ""
    for number, line in enumerate(open(page, encoding="utf-8"), 1):
        if fence is None and line.startswith("## "):
            section = line[3:].strip()
        match = re.match(r"```(\w+)? ?(.*)", line)
        if match and fence is None:
            fence = Block(match[1] or "", match[2].split(), "", number + 1, section)
        elif line.startswith("```"):
            if fence.words and (fence.words[0] in ADDRESSES or fence.words == ["output"]):
                blocks.append(fence)
            fence = None
        elif fence is not None:
            fence.text += line
    return blocks


def chosen(blocks, tag):
    """The blocks of one variant of the page: the common blocks, then those of the tag."""
    of_tag, follows = [], False
    for block in blocks:
        if block.words == ["output"]:
            if follows:
                of_tag.append(block)
            continue
        follows = (tag in block.words) if tag and block.section.startswith("With ") else not ({"consul"} & set(block.words))
        if follows and (not tag or block.section == "What you need" or tag in block.words):
            of_tag.append(block)
        else:
            follows = False
    return of_tag


class Hosts:
    """Two hosts on one machine, for the commands of a page."""

    def __init__(self, program):
        self.name = f"try{os.getpid()}"
        self.folder = tempfile.mkdtemp(prefix="gatewaymesh-try-")
        self.program, self.keepers = program, {}

    def up(self):
        ip = lambda *words: subprocess.run(["ip", *words], check=True)
        for host in ADDRESSES:
            ip("netns", "add", f"{self.name}-{host}")
        ip("link", "add", "eth0", "netns", f"{self.name}-host-a", "type", "veth", "peer", "name", "eth0", "netns", f"{self.name}-host-b")
        shared = os.path.join(self.folder, "registry")
        os.makedirs(shared)
        for host, address in ADDRESSES.items():
            space = f"{self.name}-{host}"
            ip("-n", space, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "lo", "up")
            ip("-n", space, "link", "set", "eth0", "up")
            own = os.path.join(self.folder, host)
            mounts = []
            for path in PRIVATE:
                os.makedirs(os.path.join(own, path))
                mounts.append(f"mkdir -p /{path} && mount --bind {own}/{path} /{path}")
            self.tools(os.path.join(own, "usr/local/bin"))
            mounts.append(f"mkdir -p /srv/gatewaymesh/registry && mount --bind {shared} /srv/gatewaymesh/registry")
            self.keepers[host] = subprocess.Popen(
                ["ip", "netns", "exec", space, "unshare", "--mount", "--propagation", "private", "sh", "-c", " && ".join(mounts) + " && echo up && exec sleep 600"],
                stdout=subprocess.PIPE, text=True)
            if self.keepers[host].stdout.readline() != "up\n":
                raise SystemExit(f"{host} did not come up")
            with open(os.path.join(self.folder, f"{host}.pid"), "w") as file:
                file.write(str(self.keepers[host].pid))

    def tools(self, folder):
        """The program, and scp and ssh between the hosts: without a server of either."""
        with open(os.path.join(folder, "gatewaymesh"), "w") as file:
            file.write(f'#!/bin/sh\nexec {self.program} "$@"\n')
        with open(os.path.join(folder, "ssh"), "w") as file:
            file.write(f'#!/bin/sh\nhost=$1; shift\nexec nsenter -t "$(cat {self.folder}/$host.pid)" -m -n -- "$@"\n')
        with open(os.path.join(folder, "scp"), "w") as file:
            file.write("""#!/bin/bash
[ "$1" != -r ] || shift
target=${!#}
for source in "${@:1:$#-1}"; do
    tar -cf - -C "$(dirname "$source")" "$(basename "$source")" | ssh "${target%%:*}" tar -xf - -C "${target#*:}"
done
""")
        for tool in os.listdir(folder):
            os.chmod(os.path.join(folder, tool), 0o755)

    def run(self, host, text):
        with tempfile.TemporaryFile("w+") as output:
            # A file and not a pipe: background processes would hold a pipe open.
            code = subprocess.run(["nsenter", "-t", str(self.keepers[host].pid), "-m", "-n", "bash", "-e", "-o", "pipefail", "-c", text],
                                  stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120, cwd="/",
                                  env={"PATH": "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin", "HOME": "/root", "LANG": "C.UTF-8",
                                       **{name: os.environ[name] for name in ("DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") if name in os.environ}}).returncode
            output.seek(0)
            return code, output.read()

    def write(self, host, path, text):
        path = path.lstrip("/")
        if path.startswith("srv/gatewaymesh/registry/"):
            full = os.path.join(self.folder, "registry", path.removeprefix("srv/gatewaymesh/registry/"))
        else:
            full = os.path.join(self.folder, host, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full + ".new", "w") as file:
            file.write(text)
        os.replace(full + ".new", full)

    def logs(self):
        for host in ADDRESSES:
            folder = os.path.join(self.folder, host, "var/log")
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                with open(os.path.join(folder, name), errors="replace") as file:
                    print(f"---- {host} {name}\n" + "".join(file.readlines()[-15:]))

    def down(self):
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for _ in range(80):
                pids = [int(pid) for host in ADDRESSES for pid in subprocess.run(["ip", "netns", "pids", f"{self.name}-{host}"], capture_output=True, text=True).stdout.split()]
                if not pids:
                    break
                for pid in pids if _ == 0 else []:
                    try:
                        os.kill(pid, sent)
                    except ProcessLookupError:
                        pass
                time.sleep(0.1)
        for host in ADDRESSES:
            subprocess.run(["ip", "netns", "delete", f"{self.name}-{host}"], stderr=subprocess.DEVNULL)
        for keeper in self.keepers.values():
            keeper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not arguments or os.geteuid() != 0:
        raise SystemExit(__doc__ if not arguments else "try-page: only root makes hosts")
    program = os.path.realpath(os.environ.get("GATEWAYMESH", os.path.join(ROOT, "artifacts/gatewaymesh/gatewaymesh")))
    if not os.access(program, os.X_OK):
        raise SystemExit(f"try-page: {program} is missing: ./build.sh publish makes it")
    page, tag = os.path.join(ROOT, arguments[0]), arguments[1] if len(arguments) > 1 else None
    blocks = chosen(read(page), tag)
    if sum(block.language == "sh" for block in blocks) < 3:
        raise SystemExit(f"try-page: {page} has no commands for {tag or 'a host'}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hosts, begin = Hosts(program), time.monotonic()
    try:
        hosts.up()
        for index, block in enumerate(blocks):
            if block.words == ["output"]:
                continue
            host = block.words[0]
            if block.language != "sh":
                hosts.write(host, block.words[1], block.text)
                continue
            wanted = [line.strip() for line in blocks[index + 1].text.splitlines() if line.strip()] if index + 1 < len(blocks) and blocks[index + 1].words == ["output"] else []
            end = time.monotonic() + PATIENCE
            while True:
                code, output = hosts.run(host, block.text)
                if code == 0 and all(line in output for line in wanted):
                    break
                if not wanted or time.monotonic() > end:
                    hosts.logs()
                    print(f"{page}:{block.line} on {host}: exit code {code}\n{block.text}\n{output}\nwanted: {wanted}")
                    return 1
                time.sleep(0.3)
            print(f"[{time.monotonic() - begin:5.1f} s] {host}: {block.text.strip().splitlines()[0][:110]}", flush=True)
            if output.strip():
                print("          " + "\n          ".join(output.strip().splitlines()[:25]), flush=True)
        print(f"{sum(block.language == 'sh' for block in blocks)} blocks of commands work, in {time.monotonic() - begin:.1f} s")
        return 0
    finally:
        hosts.down()


if __name__ == "__main__":
    sys.exit(main())
