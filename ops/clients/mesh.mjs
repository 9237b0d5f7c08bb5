// Calls through the mesh with Node's standard library: the sidecar first, then the gateways of gateways.json. Adapt it; it is a recipe.
//
//     node mesh.mjs http://payments/charges
//
// GATEWAYMESH_OUTBOUND, GATEWAYMESH_SERVICE and GATEWAYMESH_RUN_DIR configure it (see GatewayMesh.Client).
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']); // RFC 9110, 9.2.2
const { GATEWAYMESH_OUTBOUND: outbound, GATEWAYMESH_SERVICE: service, GATEWAYMESH_RUN_DIR: runDir = '/run/gatewaymesh' } = process.env;

// No connection: nothing was sent, so any request may use another address.
class NotSent extends Error {}

// PROXY protocol 2, command LOCAL, with the mesh's values: service 0xE0, node 0xE2, version 0xE3.
function hello() {
  const values = [[0xe0, service], [0xe2, os.hostname()], [0xe3, 'node/1']].map(([kind, text]) => Buffer.from([kind, 0, text.length, ...Buffer.from(text, 'ascii')]));
  const body = Buffer.concat(values);
  return Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), Buffer.from([0x20, 0, body.length >> 8, body.length & 255]), body]);
}

function dial({ address, tunnel }) {
  return new Promise((resolve, reject) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(address);
    const socket = net.connect({ host, port: Number(port), noDelay: true });
    const late = setTimeout(() => socket.destroy(new Error('no answer in time')), 100);
    const refused = error => { clearTimeout(late); socket.destroy(); reject(new NotSent(`${address}: ${error.message}`)); };
    const ready = () => { clearTimeout(late); socket.removeAllListeners('error').removeAllListeners('end'); resolve(socket); };
    socket.once('error', refused).once('end', () => refused(new Error('ended')));
    socket.once('connect', () => {
      if (!tunnel) return ready();
      socket.write(hello());
      socket.once('readable', () => {
        const answer = socket.read(1);
        return answer?.[0] === 0x2b ? ready() : refused(new Error('the gateway refused the tunnel')); // busy, draining, denied: the next gateway
      });
    });
  });
}

function exchange(socket, method, url, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request({ method, path: url.pathname + url.search, headers: { ...headers, Host: url.host }, createConnection: () => socket }, answer => {
      const parts = [];
      answer.on('data', part => parts.push(part)).on('error', reject)
        .on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    request.on('error', reject).end(body);
  });
}

async function ways() {
  const direct = { address: outbound, tunnel: false };
  const gateways = await readFile(`${runDir}/${service}/gateways.json`, 'utf8').then(text => JSON.parse(text).gateways).catch(() => []);
  // The sidecar twice: a request in flight when the worker died is now carried by the guard.
  return [direct, direct, ...gateways.map(gateway => ({ address: gateway.tunnel, tunnel: true }))];
}

/** { status, headers, body } of one request; throws when the request failed and must not be retried. */
export async function call(method, address, body, headers = {}) {
  const url = new URL(address);
  let failure, attempt = 0;
  for (const way of await ways()) {
    try {
      const answer = await exchange(await dial(way), method, url, body, headers);
      if (answer.status < 500 || !answer.headers['proxy-status']?.includes('forwarded=?0')) return answer;
      failure = new Error(answer.headers['proxy-status']); // the mesh reports that no application received it
    } catch (error) {
      failure = error;
      if (!(error instanceof NotSent) && (!idempotent.has(method) || ++attempt >= 3)) throw error;
    }
  }
  throw failure;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const answer = await call('GET', process.argv[2]);
  console.log(answer.status, answer.body.toString());
}
