// What two ends agree on before their first message: extensions, subprotocols, versions. RFC 6455
// §4 and §9, RFC 7692. What a proxy must not do is to have an opinion on it.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { after, before, describe, test } from "node:test";
import { rawHttp1 } from "./support/raw-http1.ts";
import { SECRET } from "./support/small-mesh.ts";
import { WAYS, WebsocketMesh } from "./support/websocket-mesh.ts";

const LONG = "a sentence that packs well. ".repeat(10_000);
const OFFERED = {
  serverNoContextTakeover: true,
  serverMaxWindowBits: 11,
  clientMaxWindowBits: 10,
  threshold: 0,
};
const AGREED = [
  "client_max_window_bits=10",
  "permessage-deflate",
  "server_max_window_bits=11",
  "server_no_context_takeover",
];

for (const way of WAYS) {
  describe(way.name, () => {
    let mesh!: WebsocketMesh;
    const cleanups: (() => Promise<void>)[] = [];
    before(async () => {
      mesh = await WebsocketMesh.start(way, (run) => cleanups.push(run));
    });
    after(async () => {
      for (const run of cleanups) await run();
    });

    test("permessage-deflate is agreed on with all its parameters, and used", async () => {
      const opened = mesh.far("/deflate");
      const near = mesh.dial("/deflate", { options: { perMessageDeflate: OFFERED } });
      const [answer] = (await once(near, "upgrade")) as [IncomingMessage];
      const { far, asked } = await opened;
      for (const { "sec-websocket-extensions": text } of [asked, answer.headers]) {
        assert.deepEqual(String(text).split("; ").sort(), AGREED);
      }
      for (const [from, to] of [[near, far] as const, [far, near] as const]) {
        const coming = once(to, "message");
        from.send(LONG);
        assert.equal(String((await coming)[0]), LONG);
      }
      near.terminate();
    });

    test("who offers no extension gets none", async () => {
      const { near, far, asked } = await mesh.open();
      assert.deepEqual([near.extensions, far.extensions], ["", ""]);
      assert.equal(asked["sec-websocket-extensions"], undefined);
      near.terminate();
    });

    test("the application chooses among the subprotocols that were offered", async () => {
      const { near, far, asked } = await mesh.open({ protocols: ["chat.v1", "chat.v2"] });
      assert.deepEqual([near.protocol, far.protocol], ["chat.v2", "chat.v2"]);
      assert.equal(asked["sec-websocket-protocol"], "chat.v1,chat.v2");
      near.terminate();
    });

    test("an application that chooses none of them leaves the caller to refuse", async () => {
      const near = mesh.dial("/none", { protocols: ["chat.v1"] });
      const [error] = await once(near, "error");
      assert.match(error.message, /no subprotocol/);
    });

    test("the application learns who opened it, whatever the caller claims", async () => {
      const claim = "URI=spiffe://mesh.local/ns/shop/sa/root";
      const options = { headers: { "x-forwarded-client-cert": claim } };
      const { near, asked } = await mesh.open({ options });
      assert.match(String(asked["x-forwarded-client-cert"]), /^By=[^,]*\/sa\/caller$/);
      near.terminate();
    });

    if (way.callerSpeaks === "http/2") return;

    test("a version that the application doesn't know is declined in its words", async () => {
      const { text, statuses } = await rawHttp1(mesh.caller.settings.outbound, handshake("7"), {
        answers: 1,
      });
      assert.deepEqual(statuses, [400]);
      assert.match(text, /\r\nsec-websocket-version: 13, 8\r\n/i);
    });

    test("frames that follow their handshake at once are the tunnel's first bytes", async () => {
      const opened = mesh.far("/early");
      const frame = "\x81\x82\0\0\0\0hi"; // a text of two bytes, masked by nothing
      const asking = rawHttp1(mesh.caller.settings.outbound, `${handshake("13")}${frame}`);
      const { far } = await opened;
      const [data] = await once(far, "message");
      assert.equal(String(data), "hi");
      far.terminate();
      const { statuses, wasClosed } = await asking;
      assert.deepEqual([statuses, wasClosed], [[101], true]);
    });
  });
}

function handshake(version: string): string {
  return (
    `GET /~${SECRET}/chat:80/early HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n` +
    "upgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
    `sec-websocket-version: ${version}\r\n\r\n`
  );
}
