'use strict';

// The applications behind the sidecars: a gRPC server and a WebSocket server that also answers plain requests, each on a free loopback
// port. Prints {"calls":PORT,"chat":PORT} when both listen, and ends with its standard input.
const http = require('node:http');
const grpc = require('@grpc/grpc-js');
const { WebSocketServer } = require('ws');
const calls = require('./calls');

// A call aborted at a bad moment must not end the applications for all others; a failed test shows the log.
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => console.error(`${event}: ${error?.stack ?? error}`));
}

const seen = new Map();

const note = (id) => {
  if (!seen.has(id)) {
    seen.set(id, { started: 0, cancelled: 0, left: null });
  }

  return seen.get(id);
};

const begin = (call) => {
  const entry = note(call.request.id);
  entry.started++;
  const deadline = call.getDeadline();
  entry.left = deadline === Infinity ? null : deadline - Date.now();
  call.on('cancelled', () => entry.cancelled++);
};

const server = new grpc.Server();
server.addService(calls, {
  Echo(call, done) {
    const back = new grpc.Metadata();
    back.set('x-back', String(call.metadata.get('x-there')[0] ?? ''));
    call.sendMetadata(back);
    const trailer = new grpc.Metadata();
    trailer.set('x-trailer', 'yes');
    done(null, call.request, trailer);
  },
  Fail(call, done) {
    done({ code: grpc.status.FAILED_PRECONDITION, details: 'not in this state: 100 % sure, naïvely' });
  },
  Sleep: begin,
  Count(call) {
    begin(call);
    let next = 0;
    const timer = setInterval(() => {
      if (call.cancelled || next === call.request.count) {
        clearInterval(timer);
        call.end();
        return;
      }

      call.write({ number: next++ });
    }, 2);
  },
  Sum(call, done) {
    let sum = 0;
    call.on('data', (message) => (sum += message.number));
    call.on('end', () => done(null, { sum }));
  },
  Chat(call) {
    call.on('data', (message) => call.write(message));
    call.on('end', () => call.end());
  },
  Seen(call, done) {
    done(null, note(call.request.id));
  },
});

const plain = http.createServer((request, response) => {
  const body = [];
  request.on('data', (chunk) => body.push(chunk));
  request.on('end', () => {
    response.setHeader('x-method', request.method);
    response.end(Buffer.concat(body).length > 0 ? Buffer.concat(body) : `plain ${request.url}\n`);
  });
});
new WebSocketServer({ server: plain }).on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    if (!isBinary && data.toString() === 'close, please') {
      socket.close(4001, 'as you say');
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
});

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, callsPort) => {
  if (error) {
    throw error;
  }

  plain.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ calls: callsPort, chat: plain.address().port })));
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
