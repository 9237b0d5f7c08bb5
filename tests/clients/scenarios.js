'use strict';

// Runs every scenario over every given path and prints one JSON line each: {"path","scenario","ok","error"}.
// Argument: JSON, [{ "path", "calls": "HOST:PORT", "callsHost", "chat": "HOST:PORT", "chatHost", "unknownHost", "deadHost" }, …]
const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');
const WebSocket = require('ws');
const calls = require('./calls');

const Client = grpc.makeGenericClientConstructor(calls, 'Calls');
const { status } = grpc;
const patience = () => ({ deadline: Date.now() + 15_000 });
let ids = 0;

const clientOf = (address, authority) => new Client(address, grpc.credentials.createInsecure(), {
  'grpc.default_authority': authority,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
});

const unary = (client, name, message, metadata = new grpc.Metadata(), options = patience()) => new Promise((resolve) => {
  const result = { head: null, trailers: null };
  const call = client[name](message, metadata, options, (error, value) => {
    result.error = error;
    result.value = value;
  });
  result.call = call;
  call.on('metadata', (head) => (result.head = head));
  call.on('status', (end) => resolve({ ...result, code: end.code, details: end.details, trailers: end.metadata }));
});

const all = (stream) => new Promise((resolve) => {
  const messages = [];
  stream.on('data', (message) => messages.push(message));
  stream.on('error', () => {});
  stream.on('status', (end) => resolve({ messages, code: end.code, details: end.details }));
});

const until = async (what, condition) => {
  for (const end = Date.now() + 15_000; ;) {
    const value = await condition();
    if (value) {
      return value;
    }

    assert.ok(Date.now() < end, `did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const socketTo = (path) => new WebSocket(`ws://${path.chat}/ws`, { headers: { Host: path.chatHost }, handshakeTimeout: 15_000 });

const opened = (socket) => new Promise((resolve, reject) => {
  socket.on('open', resolve);
  socket.on('error', reject);
});

const scenarios = {
  async unary(path, client) {
    const metadata = new grpc.Metadata();
    metadata.set('x-there', 'here');
    const answer = await unary(client, 'Echo', { text: 'hello' }, metadata);
    assert.strictEqual(answer.code, status.OK, answer.details);
    assert.deepStrictEqual(answer.value, { text: 'hello' });
    assert.deepStrictEqual(answer.head.get('x-back'), ['here']);
    assert.deepStrictEqual(answer.trailers.get('x-trailer'), ['yes']);
  },
  async large_messages(path, client) {
    const text = 'x'.repeat(3_000_000);
    const answer = await unary(client, 'Echo', { text });
    assert.strictEqual(answer.code, status.OK, answer.details);
    assert.strictEqual(answer.value.text.length, text.length);
  },
  async many_calls_at_a_time(path, client) {
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => unary(client, 'Echo', { i })));
    assert.deepStrictEqual(answers.map((answer) => answer.value?.i), answers.map((_, i) => i));
  },
  async server_streaming(path, client) {
    const end = await all(client.Count({ id: `count-${++ids}`, count: 100 }, patience()));
    assert.strictEqual(end.code, status.OK, end.details);
    assert.deepStrictEqual(end.messages.map((message) => message.number), [...Array(100).keys()]);
  },
  async client_streaming(path, client) {
    const answer = await new Promise((resolve) => {
      const call = client.Sum(new grpc.Metadata(), patience(), (error, value) => resolve({ error, value }));
      for (let number = 1; number <= 100; number++) {
        call.write({ number });
      }

      call.end();
    });
    assert.deepStrictEqual(answer, { error: null, value: { sum: 5050 } });
  },
  async bidirectional_streaming(path, client) {
    const call = client.Chat(patience());
    const end = new Promise((resolve) => call.on('status', resolve));
    for (let round = 0; round < 20; round++) {
      const back = new Promise((resolve) => call.once('data', resolve));
      call.write({ round });
      assert.deepStrictEqual(await back, { round });
    }

    call.end();
    call.resume();
    assert.strictEqual((await end).code, status.OK);
  },
  async trailers_only_error(path, client) {
    const answer = await unary(client, 'Fail', {});
    assert.strictEqual(answer.code, status.FAILED_PRECONDITION);
    assert.strictEqual(answer.details, 'not in this state: 100 % sure, naïvely');
  },
  async cancellation(path, client) {
    const id = `cancelled-${path.path}-${++ids}`;
    const call = client.Count({ id, count: 1_000_000 }, patience());
    const end = all(call);
    await new Promise((resolve) => call.once('data', resolve));
    call.cancel();
    assert.strictEqual((await end).code, status.CANCELLED);
    await until('the application hears of it', async () => (await unary(client, 'Seen', { id })).value?.cancelled === 1);
  },
  async deadline(path, client) {
    const id = `late-${path.path}-${++ids}`;
    const before = Date.now();
    const answer = await unary(client, 'Sleep', { id }, new grpc.Metadata(), { deadline: before + 1_000 });
    assert.strictEqual(answer.code, status.DEADLINE_EXCEEDED, answer.details);
    const note = await until('the application hears of it', async () => {
      const { value } = await unary(client, 'Seen', { id });
      return value?.cancelled === 1 ? value : null;
    });
    assert.ok(note.left !== null && note.left <= 1_000, `its deadline was ${note.left} ms`);
  },
  async mesh_error_unknown_service(path) {
    const client = clientOf(path.calls, path.unknownHost);
    const answer = await unary(client, 'Echo', {});
    client.close();
    assert.strictEqual(answer.code, status.UNIMPLEMENTED, answer.details);
    assert.match(answer.details, /The mesh has no such service/);
    assert.match(String(answer.trailers.get('proxy-status')), /gatewaymesh; error=destination_not_found; forwarded=\?0/);
  },
  async mesh_error_application_down(path) {
    const client = clientOf(path.calls, path.deadHost);
    const answer = await unary(client, 'Echo', {});
    client.close();
    assert.strictEqual(answer.code, status.UNAVAILABLE, answer.details);
    assert.match(String(answer.trailers.get('proxy-status')), /gatewaymesh; error=connection_refused; forwarded=\?0/);
  },
  async websocket_echo(path) {
    const socket = socketTo(path);
    await opened(socket);
    for (const message of ['one', 'two', 'x'.repeat(200_000), Buffer.from([0, 1, 2, 255])]) {
      const back = new Promise((resolve) => socket.once('message', (data, isBinary) => resolve(isBinary ? data : data.toString())));
      socket.send(message);
      assert.deepStrictEqual(await back, message);
    }

    socket.terminate();
  },
  async websocket_both_ways_at_a_time(path) {
    const socket = socketTo(path);
    await opened(socket);
    const got = [];
    const done = new Promise((resolve) => socket.on('message', (data) => got.push(data.toString()) === 500 && resolve()));
    for (let i = 0; i < 500; i++) {
      socket.send(`message ${i}`);
    }

    await done;
    assert.deepStrictEqual(got, Array.from({ length: 500 }, (_, i) => `message ${i}`));
    socket.terminate();
  },
  async websocket_close_by_client(path) {
    const socket = socketTo(path);
    await opened(socket);
    const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])));
    socket.close(4002, 'enough');
    assert.deepStrictEqual(await closed, [4002, 'enough']);
  },
  async websocket_close_by_application(path) {
    const socket = socketTo(path);
    await opened(socket);
    const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])));
    socket.send('close, please');
    assert.deepStrictEqual(await closed, [4001, 'as you say']);
  },
};

const run = async (path) => {
  const client = clientOf(path.calls, path.callsHost);
  for (const [scenario, body] of Object.entries(scenarios)) {
    let failure = '';
    try {
      await Promise.race([body(path, client), new Promise((_, reject) => setTimeout(() => reject(new Error('nothing for 40 s')), 40_000).unref())]);
    } catch (error) {
      failure = String(error.stack ?? error);
    }

    console.log(JSON.stringify({ path: path.path, scenario, ok: failure === '', error: failure }));
  }

  client.close();
};

Promise.all(JSON.parse(process.argv[2]).map(run)).then(() => process.exit(0));
