// What strangers ask of a gateway.

import { Backend } from "./backend.ts";
import { Http2Asker } from "./http2-asker.ts";
import { PORTS } from "./sample-mesh.ts";
import type { Scenario } from "./scenario.ts";
import { TextAsker } from "./text-asker.ts";

const HOST = "web.example";
const UPGRADE = "Connection: upgrade\r\nUpgrade: echo\r\n";

export const GATEWAY_SCENARIOS: readonly Scenario[] = [
  {
    name: "requests to a gateway, one of them to a host that it doesn't know",
    isAtGateway: true,
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh, PORTS.http);
      asker.send(request("GET", "/hello"));
      yield () => asker.hellos === 1;
      asker.send(request("GET", "/hello").replace(HOST, "other.example"));
      yield () => asker.text.includes("HTTP/1.1 404");
      asker.send(request("POST", "/echo", "Content-Length: 5\r\n"));
      asker.send("hello");
      yield () => asker.hellos === 2;
    },
  },
  {
    name: "an upgrade through a gateway",
    isAtGateway: true,
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh, PORTS.http);
      asker.send(request("GET", "/socket", UPGRADE));
      yield () => asker.text.includes("HTTP/1.1 101");
      asker.send("ping");
      yield () => asker.text.endsWith("ping");
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
  {
    name: "two streams of HTTP/2 to a gateway, one of them reset",
    isAtGateway: true,
    *play(mesh) {
      const backend = new Backend(mesh);
      const asker = new Http2Asker(mesh, PORTS.http);
      const held = asker.openAt(HOST, "GET", "/hold");
      held.end();
      yield () => backend.held.length === 1;
      held.cancel();
      yield () => asker.mayAsk;
      asker.openAt(HOST, "GET", "/hello").end();
      yield () => asker.ended === 1;
    },
  },
  {
    name: "TLS that passes through a gateway by its server name",
    isAtGateway: true,
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh, PORTS.tls);
      asker.send(clientHello("secret.example"));
      // The server takes anything for a good bye.
      yield () => asker.text === "readybye";
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
];

function request(method: string, path: string, fields = ""): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${fields}\r\n`;
}

// The least that asks for a server name: RFC 8446 §4.1.2, RFC 6066 §3.
function clientHello(name: string): string {
  const extension = `\0\0${vector(2, vector(2, `\0${vector(2, name)}`))}`;
  const hello =
    `\x03\x03${"r".repeat(32)}${vector(1, "")}${vector(2, "\x13\x01")}` +
    `${vector(1, "\0")}${vector(2, extension)}`;
  return `\x16\x03\x01${vector(2, `\x01${vector(3, hello)}`)}`;
}

// With its length in front.
function vector(lengthBytes: number, content: string): string {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return length.toString("latin1") + content;
}
