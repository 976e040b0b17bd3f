// Applications that speak HTTP/2 and misbehave, behind two sidecars: what their callers are told,
// how often they are asked, and that nothing stays open.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { ERROR, FRAME, PREFACE, SETTING } from "#proxy/http2/frame-types.ts";
import { frame, RawPeer, settings, uint32 } from "#proxy/http2/raw-peer.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { smallMesh } from "./support/small-mesh.ts";

const DOCUMENTS = `
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec:
  selector: { app: echo }
  ports: [{ name: http2, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: echo, namespace: shop, labels: { app: echo } }
spec:
  command: ["true"]
  serviceAccount: echo
  ports: [{ name: http2, port: 9000, protocol: http2 }]
`;

// What it does with its nth request, from 0 on, on stream `id`.
type Script = (peer: RawPeer, id: number, nth: number) => void;

const answer: Script = (peer, id) => {
  peer.send(frame(FRAME.headers, 4, id, peer.block(":status", "200")));
  peer.send(frame(FRAME.data, 1, id, Buffer.from("well")));
};
const reset = (id: number, code: number) => frame(FRAME.reset, 0, id, uint32(code));
const goAway = (lastId: number) => frame(FRAME.goAway, 0, 0, uint32(lastId, ERROR.none));
const once =
  (first: Script): Script =>
  (peer, id, nth) =>
    nth === 0 ? first(peer, id, nth) : answer(peer, id, nth);

type Case = {
  readonly name: string;
  // Else POST with a body.
  readonly method?: "GET";
  readonly script: Script;
  // Begins with the request's body, not with its head.
  readonly awaitsBody?: true;
  readonly first?: Buffer;
  // Status and cause, and how many requests the application got.
  readonly outcome: readonly [number, string | null];
  readonly askedMost: number;
};

const CASES: readonly Case[] = [
  {
    name: "refuses a stream",
    method: "GET",
    script: once((peer, id) => peer.send(reset(id, ERROR.refusedStream))),
    outcome: [200, null],
    askedMost: 2,
  },
  {
    name: "refuses a stream whose body is gone",
    awaitsBody: true,
    script: once((peer, id) => peer.send(reset(id, ERROR.refusedStream))),
    outcome: [503, "upstream-reset"],
    askedMost: 1,
  },
  {
    name: "goes away before it looks at the request",
    method: "GET",
    script: once((peer) => peer.send(goAway(0))),
    outcome: [200, null],
    askedMost: 2,
  },
  {
    name: "goes away after it has taken the request",
    script(peer, id, nth) {
      peer.send(goAway(id));
      answer(peer, id, nth);
    },
    outcome: [200, null],
    askedMost: 1,
  },
  {
    name: "resets what it may have begun",
    script: once((peer, id) => peer.send(reset(id, ERROR.internal))),
    outcome: [503, "upstream-reset"],
    askedMost: 1,
  },
  {
    name: "closes without a word",
    script: once((peer) => peer.destroy()),
    outcome: [503, "upstream-reset"],
    askedMost: 1,
  },
  {
    name: "never takes a stream",
    first: settings(SETTING.streamsMax, 0),
    script: (peer, id) => peer.send(reset(id, ERROR.refusedStream)),
    outcome: [503, "upstream-reset"],
    askedMost: 10,
  },
  {
    name: "sends interim heads without end",
    script(peer, id) {
      const interim = () => frame(FRAME.headers, 4, id, peer.block(":status", "103"));
      peer.send(...Array.from({ length: 2000 }, interim));
    },
    outcome: [502, "upstream-malformed"],
    askedMost: 1,
  },
  {
    name: "speaks something else",
    first: Buffer.from("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"),
    script() {},
    outcome: [502, "upstream-malformed"],
    askedMost: 1,
  },
];

for (const { name, method, script, outcome, askedMost, ...rest } of CASES) {
  test(`a caller of an application that ${name} is told, and told once`, async (t) => {
    const { url, asked } = await meshWith(t, script, rest);
    const said = await fetch(url, method ? {} : { method: "POST", body: "order" });
    await said.text();
    assert.deepEqual([said.status, said.headers.get("weft-cause")], outcome);
    assert.ok(asked() <= askedMost, `it was asked ${asked()} times`);
  });
}

test("an answer that breaks off is no whole answer, and is not asked for again", async (t) => {
  const { url, asked } = await meshWith(t, (peer, id) => {
    peer.send(frame(FRAME.headers, 4, id, peer.block(":status", "200")));
    peer.send(frame(FRAME.data, 0, id, Buffer.from("half")));
    setImmediate(() => peer.send(reset(id, ERROR.internal)));
  });
  await assert.rejects(fetch(url).then((said) => said.text()));
  assert.equal(asked(), 1);
});

test("a caller that goes away is told to an application that never answers", async (t) => {
  const gone = Promise.withResolvers<number>();
  let caller: Socket | undefined;
  const { url } = await meshWith(t, (peer) => {
    peer.heard = ({ type, payload }) => {
      if (type === FRAME.reset) gone.resolve(payload.readUInt32BE());
    };
    // A caller that only closes may still be reading.
    caller!.resetAndDestroy();
  });
  const { hostname, port, pathname } = new URL(url);
  caller = connect(Number(port), hostname);
  caller.write(`GET ${pathname} HTTP/1.1\r\nhost: echo\r\n\r\n`);
  assert.equal(await gone.promise, ERROR.cancel);
});

// A caller's URL for the application, and how many requests have come to it.
async function meshWith(
  t: TestContext,
  script: Script,
  { first = settings(), awaitsBody }: Pick<Case, "first" | "awaitsBody"> = {},
) {
  const telling = awaitsBody ? FRAME.data : FRAME.headers;
  let asked = 0;
  const peers: RawPeer[] = [];
  const listener = await netListen({ address: "127.0.0.1", port: 0 }, (stream) => {
    const peer = new RawPeer(stream, PREFACE.length);
    peers.push(peer);
    peer.heard = ({ type, id }) => {
      if (type === telling) script(peer, id, asked++);
    };
    peer.send(first);
  });
  const mesh = await smallMesh({ "shop.yaml": DOCUMENTS });
  t.after(async () => {
    await mesh.close();
    listener.close();
    for (const peer of peers) peer.destroy();
  });
  const at = { declared: 9000, port: listener.port };
  await mesh.proxy("echo", { application: at });
  const caller = await mesh.proxy("caller");
  return { url: `${caller.url("echo:80")}/`, asked: () => asked };
}
