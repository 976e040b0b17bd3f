// Peers that stop in the middle: cases 12, 13, 26, 46 and 49 of the hardening reference, as far as
// they need no waiting. Those that do are in test/all/.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type HardeningMesh, hardeningMesh, PREFIX } from "./support/hardening-mesh.ts";
import { rawHttp1 } from "./support/raw-http1.ts";

const PAUSE_MS = 100;

let mesh!: HardeningMesh;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  mesh = await hardeningMesh((run) => cleanups.push(run));
});
after(async () => {
  for (const run of cleanups) await run();
});

test("who ends its direction after a request still gets its answer", async () => {
  const head = `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n\r\n`;
  const { statuses, wasClosed } = await rawHttp1(mesh.outbound, head, { endsAfterwards: true });
  assert.deepEqual([statuses, wasClosed], [[200], true]);
  assert.equal(mesh.takeSeen().length, 1);
  await mesh.assertAtRest();
});

test("who ends its direction inside a head or a body has asked for nothing", async () => {
  const heads = [
    `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n`,
    `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhell`,
    `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`,
  ];
  for (const head of heads) {
    const { wasClosed } = await rawHttp1(mesh.outbound, head, { endsAfterwards: true });
    assert.equal(wasClosed, true, head);
    await mesh.assertAtRest();
  }
});

test("who goes away at any byte of a request leaves nothing behind", async () => {
  const { address: host, port } = mesh.outbound;
  const text =
    `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n` +
    "5\r\nhello\r\n0\r\n\r";
  for (let at = 1; at < text.length; at += 3) {
    const socket = connect({ host, port });
    socket.on("error", () => {});
    await new Promise<void>((resolve) => socket.write(text.slice(0, at), () => resolve()));
    socket.resetAndDestroy();
  }
  await mesh.assertAtRest();
});

test("who asks and never reads holds up nobody else, and leaves nothing behind", async (t) => {
  const sockets = await Promise.all(Array.from({ length: 5 }, () => askAndPause(t, "/large")));
  await wait(PAUSE_MS);
  await mesh.assertServes(false);
  for (const socket of sockets) socket.destroy();
  await mesh.assertAtRest(false);
});

test("who pipelines requests and never reads is not read for ever", async (t) => {
  const request = `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n\r\n`;
  const socket = await askAndPause(t, "/large");
  // More than sockets and buffers hold on the way.
  for (let i = 0; i < 100; i++) socket.write(request.repeat(2_000));
  await wait(PAUSE_MS);
  await mesh.assertServes(false);
  assert.ok(socket.writableLength > 0, "all of it was read");
  socket.destroy();
  await mesh.assertAtRest(false);
});

test("a body that is packed passes as it is: nothing here unpacks", async () => {
  const packed = gzipSync(Buffer.alloc(10 * 1024 * 1024)).toString("latin1");
  const fields = `host: x\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}`;
  const text = `POST ${PREFIX}/attack HTTP/1.1\r\n${fields}\r\n\r\n${packed}`;
  const { statuses } = await rawHttp1(mesh.outbound, text, { answers: 1 });
  assert.deepEqual(statuses, [200]);
  const [seen] = mesh.takeSeen();
  assert.equal(seen?.headers["content-encoding"], "gzip");
  assert.equal(seen?.body, packed);
  await mesh.assertAtRest();
});

async function askAndPause(t: TestContext, path: string) {
  const { address: host, port } = mesh.outbound;
  const socket = connect({ host, port });
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  socket.pause();
  await new Promise<void>((resolve) => {
    socket.write(`GET ${PREFIX}${path} HTTP/1.1\r\nhost: x\r\n\r\n`, () => resolve());
  });
  return socket;
}
