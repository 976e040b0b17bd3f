// What an application asks its own sidecar over HTTP/1.

import { Backend } from "./backend.ts";
import type { Scenario } from "./scenario.ts";
import { head, TextAsker } from "./text-asker.ts";

const BODY_BYTES = 100_000;
const PAUSE_MS = 50;

export const HTTP1_SCENARIOS: readonly Scenario[] = [
  {
    name: "a plain GET",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      asker.send(head("GET", "/hello"));
      yield () => asker.hellos === 1;
    },
  },
  {
    name: "a POST with a body",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("half and all");
      asker.send(head("POST", "/echo", "Content-Length: 12\r\n"));
      asker.send("half");
      yield () => asker.text.endsWith("half");
      asker.send(" and all");
      yield () => asker.text.endsWith(" and all");
    },
  },
  {
    name: "a chunked body with trailers",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      asker.send(head("POST", "/echo", "Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n"));
      asker.send("5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n");
      yield () => asker.text.endsWith("0\r\n\r\n") || asker.text.endsWith("x-sum: 1\r\n\r\n");
    },
  },
  {
    name: "HEAD, then an answer without content",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(head("HEAD", "/hello"));
      yield () => asker.text.endsWith("\r\n\r\n");
      asker.send(head("GET", "/empty"));
      yield () => asker.text.includes("HTTP/1.1 204");
    },
  },
  {
    name: "a body that waits for 100 (Continue)",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("body");
      asker.send(head("POST", "/echo", "Content-Length: 4\r\nExpect: 100-continue\r\n"));
      yield () => asker.text.includes("100 Continue");
      asker.send("body");
      yield () => asker.text.endsWith("body");
    },
  },
  {
    name: "three requests in one piece",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      asker.send(head("GET", "/hello").repeat(3));
      yield () => asker.hellos === 3;
    },
  },
  {
    name: "an answer that comes before the body",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      asker.send(head("POST", "/early", "Content-Length: 1000\r\n"));
      asker.send("x".repeat(500));
      yield () => asker.hellos === 1;
    },
  },
  {
    name: "requests to a service of which one endpoint is dead",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      for (let asked = 1; asked <= 4; asked++) {
        asker.send(head("GET", "/hello", "", "twin.shop:8080"));
        yield () => asker.hellos === asked;
      }
    },
  },
  {
    name: "three requests one after the other",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      for (let asked = 1; asked <= 3; asked++) {
        asker.send(head("GET", "/hello"));
        yield () => asker.hellos === asked;
      }
    },
  },
  {
    name: "bodies both ways at the pace of a slow reader",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("x".repeat(BODY_BYTES));
      asker.stream.pause();
      const readOn = (): void => {
        asker.stream.resume();
        mesh.time.schedule(() => asker.stream.pause());
        if (!asker.hasEnded && asker.text.length < BODY_BYTES) mesh.time.after(PAUSE_MS, readOn);
        else asker.stream.resume();
      };
      asker.send(head("POST", "/echo", `Content-Length: ${BODY_BYTES}\r\n`));
      asker.send("x".repeat(BODY_BYTES));
      mesh.time.after(PAUSE_MS, readOn);
      yield () => asker.text.endsWith("x") && asker.text.length > BODY_BYTES;
    },
  },
  {
    name: "an asker that goes away in the middle",
    *play(mesh) {
      const backend = new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(head("GET", "/hold"));
      yield () => backend.held.length === 1;
      asker.stream.reset();
      const slow = new TextAsker(mesh);
      slow.send(head("POST", "/echo", "Content-Length: 1000\r\n"));
      slow.send("some");
      yield () => slow.text.endsWith("some");
      slow.stream.end();
      yield () => slow.hasEnded;
    },
  },
  {
    name: "an asker that goes away while nobody can be reached",
    *play(mesh) {
      const asker = new TextAsker(mesh);
      asker.send(head("GET", "/hello", "", "gone.shop:8080"));
      const untilMs = mesh.time.nowMs() + PAUSE_MS;
      mesh.time.after(PAUSE_MS, () => asker.stream.reset());
      yield () => mesh.time.nowMs() > untilMs;
    },
  },
  {
    name: "a connection that idles for too long",
    *play(mesh) {
      new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.expect("hello");
      asker.send(head("GET", "/hello"));
      yield () => asker.hellos === 1;
      yield () => asker.hasEnded;
    },
  },
];
