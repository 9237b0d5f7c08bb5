"""Calls through the mesh with Python's standard library: the sidecar first, then the gateways of gateways.json. Adapt it; it is a recipe.

    python3 mesh.py http://payments/charges

GATEWAYMESH_OUTBOUND, GATEWAYMESH_SERVICE and GATEWAYMESH_RUN_DIR configure it (see GatewayMesh.Client).
"""
import http.client, json, os, socket, struct, sys, urllib.parse

IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}  # RFC 9110, 9.2.2
OUTBOUND, SERVICE = os.environ["GATEWAYMESH_OUTBOUND"], os.environ["GATEWAYMESH_SERVICE"]
RUN_DIR = os.environ.get("GATEWAYMESH_RUN_DIR", "/run/gatewaymesh")


class NotSent(Exception):
    """No connection: nothing was sent, so any request may use another address."""


def hello():
    """PROXY protocol 2, command LOCAL, with the mesh's values: service 0xE0, node 0xE2, version 0xE3."""
    values = ((0xE0, SERVICE), (0xE2, socket.gethostname()), (0xE3, "python/1"))
    body = b"".join(struct.pack("!BH", kind, len(text)) + text.encode("ascii") for kind, text in values)
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x20, 0, len(body)) + body


class MeshConnection(http.client.HTTPConnection):
    def __init__(self, address, tunnel):
        super().__init__(*address.rsplit(":", 1), timeout=30)
        self.tunnelled = tunnel

    def connect(self):
        try:
            self.sock = socket.create_connection((self.host, self.port), timeout=0.1)
            if self.tunnelled:
                self.sock.sendall(hello())
                if self.sock.recv(1) != b"+":  # busy, draining, denied: the next gateway
                    raise NotSent(f"{self.host}:{self.port} does not carry it")
            self.sock.settimeout(self.timeout)
        except OSError as error:
            raise NotSent(error) from error


def ways():
    yield OUTBOUND, False
    yield OUTBOUND, False  # again: a request in flight when the worker died is now carried by the guard
    try:
        with open(os.path.join(RUN_DIR, SERVICE, "gateways.json"), encoding="utf-8") as file:
            gateways = json.load(file)["gateways"]
    except (OSError, ValueError, KeyError):
        gateways = []
    for gateway in gateways:
        yield gateway["tunnel"], True


def call(method, url, body=None, headers=None):
    """(status, body) of one request; raises when the request failed and must not be retried."""
    target = urllib.parse.urlsplit(url)
    path = (target.path or "/") + ("?" + target.query if target.query else "")
    failure = None
    for attempt, (address, tunnel) in enumerate(ways()):
        connection = MeshConnection(address, tunnel)
        try:
            connection.request(method, path, body, {**(headers or {}), "Host": target.netloc})
            answer = connection.getresponse()
            if answer.status >= 500 and "forwarded=?0" in (answer.getheader("Proxy-Status") or ""):
                failure = RuntimeError(answer.getheader("Proxy-Status"))  # the mesh reports that no application received it
                continue
            return answer.status, answer.read()
        except NotSent as error:
            failure = error
        except (OSError, http.client.HTTPException) as error:
            failure = error
            if method not in IDEMPOTENT or attempt >= 3:
                raise
        finally:
            connection.close()
    raise failure


if __name__ == "__main__":
    print(*call("GET", sys.argv[1]))
