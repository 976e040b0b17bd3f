// What people call what a port speaks, in a port's name or in a field for it, and what that is to
// the mesh. Istio's words, and those that Kubernetes' users write besides.

import type { Protocol } from "./model.ts";

export const PROTOCOL_WORDS: ReadonlyMap<string, Protocol> = new Map([
  ["http", "http"],
  ["grpc-web", "http"],
  ["http2", "http2"],
  ["h2c", "http2"],
  ["grpc", "http2"],
  ["tcp", "tcp"],
  ["tls", "tcp"],
  ["https", "tcp"],
  ["amqp", "tcp"],
  ["ftp", "tcp"],
  ["imap", "tcp"],
  ["kafka", "tcp"],
  ["ldap", "tcp"],
  ["memcached", "tcp"],
  ["mongo", "tcp"],
  ["mongodb", "tcp"],
  ["mqtt", "tcp"],
  ["mysql", "tcp"],
  ["nats", "tcp"],
  ["pop3", "tcp"],
  ["postgres", "tcp"],
  ["postgresql", "tcp"],
  ["redis", "tcp"],
  ["smtp", "tcp"],
  ["ssh", "tcp"],
]);
