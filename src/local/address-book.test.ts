import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { addressBlock } from "./address-block.ts";
import { AddressBook } from "./address-book.ts";
import type { SidecarListeners } from "./sidecar-listeners.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a folder has the same block each time, another folder another", () => {
  assert.equal(addressBlock("/a", 0), addressBlock("/a", 0));
  assert.notEqual(addressBlock("/a", 0), addressBlock("/b", 0));
  assert.match(addressBlock("/a", 16_383), /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+$/);
});

test("each sidecar has an address of its own, with the usual ports", async (t) => {
  const book = bookFor(t, temporaryFolder(t));
  const [first, second] = await Promise.all([take(t, book), take(t, book)]);
  assert.notEqual(first.mesh.address, second.mesh.address);
  assert.equal(blockOf(first), blockOf(second));
  const { outbound, mesh, metrics, health } = first;
  const ports = [outbound.port, mesh.port, metrics.port, health.port];
  assert.deepEqual(ports, [15_001, 15_008, 15_020, 15_021]);
});

test("two meshes that want the same block get two", async (t) => {
  const folder = temporaryFolder(t);
  const first = await take(t, bookFor(t, folder));
  const second = await take(t, bookFor(t, folder));
  assert.notEqual(blockOf(first), blockOf(second));
});

test("an address where a port is in use is passed over", async (t) => {
  const folder = temporaryFolder(t);
  const taken = `${addressBlock(folder, 0)}.1`;
  await listenAt(t, taken, 15_006);
  const { mesh } = await take(t, bookFor(t, folder));
  assert.notEqual(mesh.address, taken);
});

test("an address that was given back can be had again", async (t) => {
  const book = bookFor(t, temporaryFolder(t));
  const binding = await book.take();
  assert.ok(binding.kind === "bound");
  book.giveBack(binding.listeners);
  const again = await take(t, book);
  assert.equal(again.mesh.address, binding.listeners.mesh.address);
});

test("without loopback addresses of their own, sidecars share 127.0.0.1", async (t) => {
  const book = bookFor(t, temporaryFolder(t), { portBase: 31_000, hasLoopbackBlocks: false });
  const first = await take(t, book);
  const second = await take(t, book);
  assert.equal(first.mesh.address, "127.0.0.1");
  const ports = [...Object.values(first), ...Object.values(second)].map(({ port }) => port);
  assert.equal(new Set(ports).size, 8);
  assert.ok(ports.every((port) => port >= 32_000));
});

test("a port base of 0 takes free ports", async (t) => {
  const book = bookFor(t, temporaryFolder(t), { portBase: 0, hasLoopbackBlocks: true });
  const { outbound, mesh } = await take(t, book);
  assert.ok(outbound.port > 0 && outbound.port !== mesh.port);
  assert.match(outbound.address, /^127\.\d+\.\d+\.1$/);
});

function bookFor(
  t: TestContext,
  folder: string,
  options = { portBase: 15_000, hasLoopbackBlocks: true },
): AddressBook {
  const book = new AddressBook({ folder, ...options });
  t.after(() => book.close());
  return book;
}

async function take(t: TestContext, book: AddressBook): Promise<SidecarListeners> {
  const binding = await book.take();
  assert.ok(binding.kind === "bound");
  t.after(() => book.giveBack(binding.listeners));
  return binding.listeners;
}

function blockOf({ mesh }: SidecarListeners): string {
  return mesh.address.slice(0, mesh.address.lastIndexOf("."));
}

function listenAt(t: TestContext, address: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    t.after(() => server.close());
    server.once("error", reject);
    server.listen(port, address, () => resolve(server));
  });
}
