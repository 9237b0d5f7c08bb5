'use strict';

// An HTTP/2 client that writes its frames by hand and resets its streams: COUNT calls at RATE per second on one connection, unary, server streaming, client
// streaming and bidirectional in turn, each ended by RST_STREAM CANCEL: at its first message, or without one after a delay.
// Arguments: HOST:PORT AUTHORITY COUNT RATE. Prints {"cancelled":N,"codes":{CODE:N,…}}; CODE is 1 for a call that was open when it was reset, "goaway" and
// "reset" for actions of the peer.
const net = require('node:net');

const [, , address, authority, count, rate] = process.argv;
const [host, port] = address.split(':');
const Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7;
const Ack = 1, EndStream = 1, EndHeaders = 4;
const Cancel = 8;
const reachTime = 15;
const kinds = [
  { method: 'Sleep', message: { id: 'resets' }, half: true },
  { method: 'Count', message: { id: 'resets', count: 100_000 }, half: true, answers: true },
  { method: 'Sum', message: { number: 1 } },
  { method: 'Chat', message: { text: 'hello' }, answers: true },
];
const report = { cancelled: 0, codes: {} };
const open = new Set();
let started = 0;
let ended = 0;

const note = (code) => (report.codes[code] = (report.codes[code] ?? 0) + 1);

const socket = net.connect({ host, port: Number(port), noDelay: true });

const send = (type, flags, stream, payload) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  socket.write(Buffer.concat([head, payload]));
};

// HPACK, RFC 7541 §6.2.2: literals without indexing, no Huffman code; every text here is shorter than 127 bytes.
const text = (value) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
const fields = (list) => Buffer.concat(list.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
const message = (value) => {
  const json = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(json.length, 1);
  return Buffer.concat([head, json]);
};

const end = () => {
  if (++ended === Number(count)) {
    // The peer must have understood the resets: the connection serves another call.
    send(Ping, 0, 0, Buffer.from('last one'));
  }
};

const reset = (stream) => {
  if (open.delete(stream)) {
    const code = Buffer.alloc(4);
    code.writeUInt32BE(Cancel);
    send(Reset, 0, stream, code);
    report.cancelled++;
    note(1);
    end();
  }
};

const begin = () => {
  const kind = kinds[started % kinds.length];
  const stream = 2 * started++ + 1;
  open.add(stream);
  send(Headers, EndHeaders, stream, fields([
    [':method', 'POST'], [':scheme', 'http'], [':path', `/test.Calls/${kind.method}`], [':authority', authority],
    ['content-type', 'application/grpc'], ['te', 'trailers'],
  ]));
  send(Data, kind.half ? EndStream : 0, stream, message(kind.message));
  if (!kind.answers) {
    setTimeout(() => reset(stream), reachTime);
  }
};

const take = (type, flags, stream, payload) => {
  if (type === Settings && !(flags & Ack)) {
    send(Settings, Ack, 0, Buffer.alloc(0));
  } else if (type === Ping && (flags & Ack)) {
    console.log(JSON.stringify(report));
    process.exit(0);
  } else if (type === Ping) {
    send(Ping, Ack, 0, payload);
  } else if (type === GoAway) {
    note('goaway');
  } else if (type === Reset && open.delete(stream)) {
    note('reset');
    end();
  } else if (type === Data && open.has(stream)) {
    reset(stream);
  }
};

let rest = Buffer.alloc(0);
socket.on('data', (bytes) => {
  rest = Buffer.concat([rest, bytes]);
  while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
    const length = rest.readUIntBE(0, 3);
    take(rest[3], rest[4], rest.readUInt32BE(5) & 0x7fffffff, rest.subarray(9, 9 + length));
    rest = rest.subarray(9 + length);
  }
});
const broken = (error) => {
  note(error?.code ?? 'closed');
  console.log(JSON.stringify(report));
  process.exit(1);
};
socket.on('error', broken);
socket.on('close', broken);
socket.on('connect', () => {
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  send(Settings, 0, 0, Buffer.from([0, 1, 0, 0, 0, 0, 0, 4, 0, 0xff, 0xff, 0xff])); // no dynamic table; windows of 16 MB
  const grant = Buffer.alloc(4);
  grant.writeUInt32BE(0x7fff0000);
  send(8, 0, 0, grant);
  const timer = setInterval(() => {
    begin();
    if (started === Number(count)) {
      clearInterval(timer);
    }
  }, 1000 / Number(rate));
});
