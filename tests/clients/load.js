'use strict';

// A gRPC client with default settings: 20 callers on one channel, each with one unary call at a time, until standard input ends.
// No retries are configured; --no-transparent-retry also turns off retries of refused streams.
// Arguments: HOST:PORT AUTHORITY [--no-transparent-retry]. Prints {"ok":N} ten times per second, and at the end {"ok":N,"failed":N,"codes":{CODE:N,…},"errors":[…]}.
const grpc = require('@grpc/grpc-js');
const calls = require('./calls');

const [, , address, authority] = process.argv;
const Client = grpc.makeGenericClientConstructor(calls, 'Calls');
const client = new Client(address, grpc.credentials.createInsecure(), { 'grpc.default_authority': authority, 'grpc.enable_retries': +(process.env.RETRIES ?? 1) });
const report = { ok: 0, failed: 0, codes: {}, errors: [] };
let over = false;

const one = () => new Promise((resolve) => {
  client.Echo({ text: 'hello' }, new grpc.Metadata(), { deadline: Date.now() + 20_000 }, (error) => {
    if (error) {
      report.failed++;
      report.codes[error.code] = (report.codes[error.code] ?? 0) + 1;
      if (report.errors.length < 5 && !report.errors.includes(error.message)) {
        report.errors.push(error.message);
      }
    } else {
      report.ok++;
    }

    setTimeout(resolve, 40);
  });
});

const caller = async () => {
  while (!over) {
    await one();
  }
};

setInterval(() => console.log(JSON.stringify({ ok: report.ok })), 100).unref();
process.stdin.resume();
process.stdin.on('end', () => (over = true));
Promise.all(Array.from({ length: 20 }, caller)).then(() => {
  console.log(JSON.stringify(report));
  process.exit(0);
});
