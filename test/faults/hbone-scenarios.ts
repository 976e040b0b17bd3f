// What goes between meshes: CONNECT to another mesh's proxy, which is our own inbound side here.

import { Backend } from "./backend.ts";
import type { Scenario } from "./scenario.ts";
import { connect, head, TextAsker } from "./text-asker.ts";

const HTTP = "abroad.shop:8080";
const TCP = "abroad.shop:9000";

export const HBONE_SCENARIOS: readonly Scenario[] = [
  {
    name: "two requests through one tunnel of HBONE",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      for (let asked = 1; asked <= 2; asked++) {
        asker.send(head("GET", "/hello", "", HTTP));
        yield () => asker.hellos === asked;
      }
    },
  },
  {
    name: "a body through HBONE, both ways",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("half and all");
      asker.send(head("POST", "/echo", "Content-Length: 12\r\n", HTTP));
      asker.send("half");
      yield () => asker.text.endsWith("half");
      asker.send(" and all");
      yield () => asker.text.endsWith(" and all");
    },
  },
  {
    name: "a server that speaks first, behind HBONE",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(connect(TCP));
      yield () => asker.text.endsWith("\r\n\r\nready");
      asker.send("quit");
      yield () => asker.text.endsWith("readybye");
      asker.stream.end();
      yield () => asker.hasEnded;
    },
  },
];
