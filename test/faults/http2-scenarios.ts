// What it asks over HTTP/2, and what changes while it asks.

import { Backend } from "./backend.ts";
import { Http2Asker } from "./http2-asker.ts";
import { withoutBack } from "./sample-mesh.ts";
import type { Scenario } from "./scenario.ts";
import { head, TextAsker } from "./text-asker.ts";

export const HTTP2_SCENARIOS: readonly Scenario[] = [
  {
    name: "three streams of an application that speaks HTTP/2",
    *play(mesh) {
      new Backend(mesh);
      const asker = new Http2Asker(mesh);
      for (const path of ["/hello", "/echo", "/empty"]) asker.open("GET", path).end();
      yield () => asker.ended === 3;
    },
  },
  {
    name: "a gRPC call with trailers",
    *play(mesh) {
      new Backend(mesh);
      const asker = new Http2Asker(mesh);
      const stream = asker.open("POST", "/grpc", "back.shop:8081");
      stream.write(Buffer.from("a message"));
      yield () => asker.bytes === 9;
      stream.end();
      yield () => asker.ended === 1;
    },
  },
  {
    name: "a stream that its asker resets",
    *play(mesh) {
      const backend = new Backend(mesh);
      const asker = new Http2Asker(mesh);
      const held = asker.open("GET", "/hold");
      const echoed = asker.open("POST", "/echo", "back.shop:8081");
      echoed.write(Buffer.from("some"));
      yield () => backend.held.length === 1 && asker.bytes === 4;
      held.cancel();
      echoed.cancel();
      yield () => asker.mayAsk;
      asker.open("GET", "/hello").end();
      yield () => asker.ended === 1;
    },
  },
  {
    name: "an application that says GOAWAY in the middle",
    *play(mesh) {
      const backend = new Backend(mesh);
      const asker = new Http2Asker(mesh);
      asker.open("GET", "/hold", "back.shop:8081").end();
      yield () => backend.held.length === 1;
      for (const connection of backend.connections) connection.drain();
      yield () => asker.mayAsk;
      asker.open("GET", "/hello", "back.shop:8081").end();
      yield () => asker.ended === 1;
      backend.answerHeld();
      yield () => asker.ended === 2;
    },
  },
  {
    name: "plans that change in the middle",
    *play(mesh) {
      const backend = new Backend(mesh);
      const [first, second] = [new TextAsker(mesh), new TextAsker(mesh)];
      first.send(head("GET", "/hold"));
      yield () => backend.held.length === 1;
      mesh.install(withoutBack(2));
      mesh.time.after(100, () => second.send(head("GET", "/hello")));
      yield () => second.text.includes("HTTP/1.1 503");
      backend.answerHeld();
      yield () => first.hellos === 1;
    },
  },
  {
    name: "a proxy that drains in the middle",
    *play(mesh) {
      const backend = new Backend(mesh);
      const asker = new TextAsker(mesh);
      asker.send(head("GET", "/hold"));
      yield () => backend.held.length === 1;
      void mesh.back.drain();
      mesh.time.after(1_000, () => backend.answerHeld());
      yield () => asker.hellos === 1;
    },
  },
];
