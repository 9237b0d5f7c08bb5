'use strict';

// A gRPC client that cancels its calls: COUNT calls at RATE per second on one channel, unary, server streaming, client streaming and bidirectional in turn, and
// bidirectional calls that exceed their deadline. A call is canceled at its first message, or without one after a delay.
// Arguments: HOST:PORT AUTHORITY COUNT RATE. Prints {"cancelled":N,"codes":{CODE:N,…}} at the end, where CODE is the status of the calls.
const grpc = require('@grpc/grpc-js');
const calls = require('./calls');

const [, , address, authority, count, rate] = process.argv;
const Client = grpc.makeGenericClientConstructor(calls, 'Calls');
const client = new Client(address, grpc.credentials.createInsecure(), { 'grpc.default_authority': authority });
const options = () => ({ deadline: Date.now() + 20_000 });
const report = { cancelled: 0, codes: {} };
let started = 0;
let ended = 0;

const end = (error) => {
  const code = error?.code ?? 0;
  report.codes[code] = (report.codes[code] ?? 0) + 1;
  report.cancelled += code === grpc.status.CANCELLED || code === grpc.status.DEADLINE_EXCEEDED ? 1 : 0;
  if (++ended === Number(count)) {
    console.log(JSON.stringify(report));
    process.exit(0);
  }
};

const once = (call) => {
  let over = false;
  call.on('error', (error) => {
    if (!over) {
      over = true;
      end(error);
    }
  });
  call.on('end', () => {});
  return call;
};

const reachTime = 15;
const shortest = 60;
const cancel = {
  unary() {
    const call = client.Sleep({ id: 'cancels' }, new grpc.Metadata(), options(), end);
    setTimeout(() => call.cancel(), reachTime);
  },
  server() {
    const call = once(client.Count({ id: 'cancels', count: 100_000 }, new grpc.Metadata(), options()));
    call.on('data', () => call.cancel());
  },
  client() {
    const call = client.Sum(new grpc.Metadata(), options(), end);
    call.write({ number: 1 });
    setTimeout(() => call.cancel(), reachTime);
  },
  bidi() {
    const call = once(client.Chat(new grpc.Metadata(), options()));
    call.write({ text: 'hello' });
    call.on('data', () => call.cancel());
  },
  deadline() {
    const call = once(client.Chat(new grpc.Metadata(), { deadline: Date.now() + shortest }));
    call.write({ text: 'hello' });
    call.on('data', () => {});
  },
};

const turns = Object.keys(cancel);
const timer = setInterval(() => {
  cancel[turns[started % turns.length]]();
  if (++started === Number(count)) {
    clearInterval(timer);
  }
}, 1000 / Number(rate));
