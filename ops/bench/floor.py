#!/usr/bin/env python3
"""Measures the floor: a hop without policies, in a pair as two sidecars, against a pair of HAProxy doing the same.

    client (h2load) -> hop A -> hop B -> nginx

Prints CPU microseconds per request of both hops together, latency, and system calls per request. Runs are interleaved.
Every hop has two threads (--threads), forwards over keep-alive connections, and sets one field. Loopback only.
"""
import argparse, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time

HAPROXY = """global
  nbthread {threads}
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:{listen}{bind}
  http-request set-header x-hop 1
  default_backend b
backend b
  http-reuse always
  server s 127.0.0.1:{target}{server}
"""
NGINX = """worker_processes 1;
daemon off; pid {dir}/nginx.pid; error_log {dir}/nginx.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  server {{ listen 127.0.0.1:{listen} backlog=4096; root {dir};
    location = / {{ default_type text/plain; return 200 "{body}"; }} }} }}
"""

def cpu(pid):
    """Nanoseconds on a processor of all threads of a process."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            total += int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
        except FileNotFoundError:
            pass
    return total

def certificates(folder):
    run = lambda *a: subprocess.run(a, check=True, capture_output=True, cwd=folder)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout", "ca.key",
        "-out", "ca.pem", "-subj", "/CN=ca", "-addext", "subjectAltName=URI:spiffe://mesh.test", "-addext", "keyUsage=keyCertSign,cRLSign")
    for name in ("web", "payments"):
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
            f"{name}.csr", "-subj", f"/CN={name}")
        open(f"{folder}/{name}.ext", "w").write(
            f"subjectAltName=URI:spiffe://mesh.test/ns/default/dc/dc1/svc/{name}\nkeyUsage=digitalSignature\n"
            "extendedKeyUsage=serverAuth,clientAuth\n")
        run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-out",
            f"{name}.crt", "-extfile", f"{name}.ext")
        open(f"{folder}/{name}.pem", "w").write(open(f"{folder}/{name}.crt").read() + open(f"{folder}/{name}.key").read())

class Pair:
    def __init__(self, name, processes, port):
        self.name, self.processes, self.port = name, processes, port
        self.figures = {}
    def pids(self):
        return [p.pid for p in self.processes]

def start_hops(command, threads, first, backend, tls, folder, platform=False):
    a = [*command, "hop", f"127.0.0.1:{first}", f"127.0.0.1:{first + 1}", str(threads)]
    b = [*command, "hop", f"127.0.0.1:{first + 1}", f"127.0.0.1:{backend}", str(threads)]
    if tls:
        a += ["connect", f"{folder}/web.pem", f"{folder}/ca.pem", "payments"] + ["platform"] * platform
        b += ["accept", f"{folder}/payments.pem", f"{folder}/ca.pem", "web"] + ["platform"] * platform
    out = []
    for args in (b, a):
        p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert p.stdout.readline().strip() == "ready", args
        out.append(p)
    return out

def start_haproxy(threads, first, backend, tls, folder):
    tls13 = "ssl-min-ver TLSv1.3 no-tls-tickets"
    bind = f" ssl crt {folder}/payments.pem ca-file {folder}/ca.pem verify required alpn http/1.1 {tls13}" if tls else ""
    server = f" ssl crt {folder}/web.pem ca-file {folder}/ca.pem verify required alpn http/1.1 ssl-min-ver TLSv1.3 no-ssl-reuse" if tls else ""
    out = []
    for name, values in (("b", dict(listen=first + 1, target=backend, bind=bind, server="")),
                         ("a", dict(listen=first, target=first + 1, bind="", server=server))):
        path = f"{folder}/haproxy-{first}-{name}.cfg"
        open(path, "w").write(HAPROXY.format(threads=threads, **values))
        out.append(subprocess.Popen(["haproxy", "-db", "-q", "-f", path], stdin=subprocess.DEVNULL))
    return out

def load(port, path, connections, requests, rate=None):
    with tempfile.NamedTemporaryFile() as log:
        args = ["h2load", "--h1", "-t", "1", "-c", str(connections), "-n", str(requests), f"--log-file={log.name}",
                f"http://127.0.0.1:{port}{path}"]
        if rate:
            args[1:1] = [f"--rps={rate / connections}"]
        begin = time.monotonic()
        out = subprocess.run(args, capture_output=True, text=True, check=True).stdout
        seconds = time.monotonic() - begin
        good = int(re.search(r"status codes: (\d+) 2xx", out).group(1))
        assert good == requests, out
        times = sorted(int(line.split("\t")[2]) for line in log.read().decode().splitlines())
        return seconds, times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000

def measure(pair, path, connections, requests, rate=None):
    load(pair.port, path, connections, min(requests, 2000), None)
    before = [cpu(pid) for pid in pair.pids()]
    seconds, p50, p99 = load(pair.port, path, connections, requests, rate)
    used = sum(cpu(pid) for pid in pair.pids()) - sum(before)
    return used / 1000 / requests, p50, p99, requests / seconds

def syscalls(pair, path, connections, requests, rate=None):
    names = {}
    tracers = [subprocess.Popen(["strace", "-c", "-f", "-o", f"{tempfile.gettempdir()}/strace.{pid}", "-p", str(pid)], stderr=subprocess.DEVNULL)
               for pid in pair.pids()]
    time.sleep(1)
    load(pair.port, path, connections, requests, rate)
    for tracer in tracers:
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
    for pid in pair.pids():
        for line in open(f"{tempfile.gettempdir()}/strace.{pid}"):
            part = line.split()
            if len(part) >= 5 and part[0][0].isdigit() and part[-1] != "total":
                names[part[-1]] = names.get(part[-1], 0) + int(part[3])
        os.unlink(f"{tempfile.gettempdir()}/strace.{pid}")
    return {name: count / requests for name, count in names.items() if count / requests >= 0.05}

def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("hop", nargs="+", help="command of the hop, for example: dotnet GatewayMesh.Benchmarks.dll")
    parse.add_argument("--threads", type=int, default=2)
    parse.add_argument("--rounds", type=int, default=5)
    parse.add_argument("--requests", type=int, default=60000)
    parse.add_argument("--tls", action="store_true", help="mutual TLS 1.3 between the hops")
    parse.add_argument("--platform", action="store_true", help="with --tls: a third pair with the platform's TLS stream on the same loop")
    parse.add_argument("--body", type=int, default=119)
    parse.add_argument("--syscalls", action="store_true")
    parse.add_argument("--only", default="", help="saturated or a rate such as 1000")
    args = parse.parse_args()
    folder = tempfile.mkdtemp()
    started = []
    try:
        certificates(folder)
        path = "/"
        if args.body > 4000:
            open(f"{folder}/big", "wb").write(os.urandom(args.body))
            path = "/big"
        open(f"{folder}/nginx.conf", "w").write(NGINX.format(dir=folder, listen=7900, body="x" * min(args.body, 4000)))
        started.append(subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL))
        mine = start_hops(args.hop, args.threads, 7910, 7900, args.tls, folder)
        his = start_haproxy(args.threads, 7920, 7900, args.tls, folder)
        started += mine + his
        time.sleep(1)
        pairs = [Pair("hops", mine, 7910), Pair("HAProxy", his, 7920)]
        if args.tls and args.platform:
            other = start_hops(args.hop, args.threads, 7930, 7900, True, folder, platform=True)
            started += other
            pairs.append(Pair("SslStream", other, 7930))
        for pair in pairs:
            load(pair.port, path, 64, 20000 if args.body < 4000 else 2000)
        loads = [("saturated, 64 connections", 64, args.requests, None), ("1,000 a second", 50, 3000, 1000)]
        for label, connections, requests, rate in loads:
            if args.only and args.only not in label.replace(",", ""):
                continue
            for _ in range(args.rounds):
                for pair in pairs:
                    pair.figures.setdefault(label, []).append(measure(pair, path, connections, requests, rate))
            his = pairs[1].figures[label]
            for pair in pairs:
                rows = pair.figures[label]
                median = [statistics.median(row[i] for row in rows) for i in range(4)]
                print(f"{label:28} {pair.name:9} CPU {median[0]:6.1f} us ({min(r[0] for r in rows):.1f}-{max(r[0] for r in rows):.1f})"
                      f"  p50 {median[1]:.2f} ms  p99 {median[2]:.2f} ms  {median[3]:.0f}/s")
            for pair in pairs[::2]:
                ratios = [a[0] / b[0] for a, b in zip(pair.figures[label], his)]
                print(f"{label:28} {pair.name} / HAProxy: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})", flush=True)
            if args.syscalls:
                for pair in pairs:
                    calls = syscalls(pair, path, connections, min(requests, 4000), rate)
                    print(f"  calls per request, {pair.name}: {sum(calls.values()):.1f}: "
                          + ", ".join(f"{k} {v:.2f}" for k, v in sorted(calls.items(), key=lambda kv: -kv[1])), flush=True)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()
        shutil.rmtree(folder)

main()
