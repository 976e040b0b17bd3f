// What rules do to requests: retries with a body, times for each try, copies.

import { Backend } from "./backend.ts";
import type { Scenario } from "./scenario.ts";
import { head, TextAsker } from "./text-asker.ts";

const KEY = "ruled.shop:8080";
const BODY = "x".repeat(20_000);

export const RULE_SCENARIOS: readonly Scenario[] = [
  repeated("a body that is sent again after 503", "/fickle"),
  repeated("a body that is sent again when a try had its time", "/late"),
  {
    name: "an asker that goes away between two tries",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(head("PUT", "/late", "Content-Length: 4\r\n", KEY));
      asker.send("body");
      const untilMs = mesh.time.nowMs() + 210;
      mesh.time.after(205, () => asker.stream.reset());
      yield () => mesh.time.nowMs() > untilMs;
    },
  },
  {
    name: "a body that is mirrored while it comes slowly",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("half and all");
      asker.send(head("PUT", "/echo", "Content-Length: 12\r\n", KEY));
      asker.send("half");
      yield () => asker.text.endsWith("half");
      asker.send(" and all");
      yield () => asker.text.endsWith(" and all");
    },
  },
];

function repeated(name: string, path: string): Scenario {
  return {
    name,
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect(BODY);
      asker.send(head("PUT", path, `Content-Length: ${BODY.length}\r\n`, KEY));
      asker.send(BODY);
      yield () => asker.text.endsWith(BODY);
    },
  };
}
