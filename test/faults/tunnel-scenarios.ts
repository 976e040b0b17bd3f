// What becomes a tunnel.

import { Backend } from "./backend.ts";
import { PORTS } from "./sample-mesh.ts";
import type { Scenario } from "./scenario.ts";
import { connect, head, TextAsker } from "./text-asker.ts";

const UPGRADE =
  "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

export const TUNNEL_SCENARIOS: readonly Scenario[] = [
  {
    name: "a WebSocket that echoes and is closed on one side first",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(head("GET", "/socket", UPGRADE));
      yield () => asker.text.includes("HTTP/1.1 101");
      asker.send("ping");
      yield () => asker.text.endsWith("ping");
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
  {
    name: "a request through CONNECT",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(connect("back.shop:8080"));
      yield () => asker.text.endsWith("\r\n\r\n");
      asker.send("GET /hello HTTP/1.1\r\nHost: back.shop:8080\r\n\r\n");
      yield () => asker.hellos === 1;
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
  {
    name: "a protocol whose server speaks first",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh, PORTS.tcp);
      yield () => asker.text === "ready";
      asker.send("quit");
      yield () => asker.text === "readybye";
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
  {
    name: "an undeclared port that turns out to speak HTTP",
    *play(mesh) {
      new Backend(mesh);
      // What the first one teaches, the second one is treated by.
      for (let asked = 0; asked < 2; asked++) {
        const asker = new TextAsker(mesh);
        asker.send(connect("back.shop:9100"));
        yield () => asker.text.endsWith("\r\n\r\n");
        asker.send("GET /hello HTTP/1.1\r\nHost: back.shop:9100\r\n\r\n");
        yield () => asker.hellos === 1;
        asker.stream.end();
        yield () => asker.hasEnded;
      }
    },
  },
  {
    name: "an undeclared port whose server speaks first",
    *play(mesh) {
      new Backend(mesh);
      for (let asked = 0; asked < 2; asked++) {
        const asker = new TextAsker(mesh);
        asker.send(connect("back.shop:9200"));
        yield () => asker.text.endsWith("\r\n\r\nready");
        asker.send("quit");
        yield () => asker.text.endsWith("readybye");
        asker.stream.end();
        yield () => asker.hasEnded;
      }
    },
  },
];
