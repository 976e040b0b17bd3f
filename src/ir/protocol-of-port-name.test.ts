import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolOfPortName } from "./protocol-of-port-name.ts";

const NAMES = {
  http: ["http", "http-api", "HTTP", "grpc-web", "grpc-web-ui"],
  http2: ["http2", "http2-stars", "grpc", "grpc-admin", "h2c"],
  tcp: ["tcp", "tcp-db", "mysql", "mysql-main", "redis", "mongo", "https", "tls-mail", "smtp"],
  detect: ["", "web", "api-http", "httpd", "8080", "-http", "constructor"],
} as const;

for (const [protocol, names] of Object.entries(NAMES)) {
  for (const name of names) {
    test(`a port named "${name}" is taken for ${protocol}`, () => {
      assert.equal(protocolOfPortName(name), protocol);
    });
  }
}
