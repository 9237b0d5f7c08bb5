'use strict';

// The service of the gRPC scenarios, written by hand: messages are JSON.
const json = {
  serialize: (value) => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes) => JSON.parse(bytes.toString() || 'null'),
};

const method = (name, requestStream, responseStream) => ({
  path: `/test.Calls/${name}`,
  requestStream,
  responseStream,
  requestSerialize: json.serialize,
  requestDeserialize: json.deserialize,
  responseSerialize: json.serialize,
  responseDeserialize: json.deserialize,
});

module.exports = {
  Echo: method('Echo', false, false), // returns what it received, with metadata both ways
  Fail: method('Fail', false, false), // ends with a status and nothing else
  Sleep: method('Sleep', false, false), // answers never, and notes how the call ended
  Count: method('Count', false, true), // 0, 1, 2, … one every few milliseconds
  Sum: method('Sum', true, false), // the sum, once the client has ended
  Chat: method('Chat', true, true), // each message back at once
  Seen: method('Seen', false, false), // how many calls of that id were cancelled, and the deadlines they received
};
