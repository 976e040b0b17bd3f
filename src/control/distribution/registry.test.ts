import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import type { Registration } from "#snapshot/registration.ts";
import { Registry } from "./registry.ts";

const CART: Registration = {
  namespace: "shop",
  name: "cart",
  identity: "spiffe://mesh.local/ns/shop/sa/cart",
  address: "127.64.0.3",
  meshPort: 15008,
  isReady: true,
};

test("a proxy that comes back within the grace period was never gone", () => {
  const { registry, clock, changes } = start();
  registry.put(CART);
  registry.disconnected("shop/cart");
  clock.advance(2_000);
  assert.equal(registry.isConnected("shop/cart"), false);
  registry.put(CART);
  clock.advance(60_000);
  assert.deepEqual(registry.all, [CART]);
  assert.equal(changes(), 1);
});

test("a proxy that stays away is gone after the grace period", () => {
  const { registry, clock, changes } = start();
  registry.put(CART);
  registry.disconnected("shop/cart");
  clock.advance(3_001);
  assert.deepEqual(registry.all, []);
  assert.equal(changes(), 2);
});

test("after a restart everybody is taken for present until they had time to come back", () => {
  const disk = memoryDisk();
  start(disk).registry.put(CART);
  const { registry, clock } = start(disk);
  assert.deepEqual(registry.all, [CART]);
  clock.advance(29_000);
  assert.deepEqual(registry.all, [CART]);
  clock.advance(2_000);
  assert.deepEqual(registry.all, []);
});

test("many changes at once are written together, and none is lost", () => {
  const disk = memoryDisk();
  let writes = 0;
  const { registry, clock } = start({
    ...disk,
    write: (path, text, mode) => {
      writes++;
      disk.write(path, text, mode);
    },
  });
  for (let i = 0; i < 50; i++) registry.put({ ...CART, name: `cart-${i}` });
  assert.equal(writes, 1);
  clock.advance(100);
  assert.equal(writes, 2);
  assert.equal(start(disk).registry.all.length, 50);
  registry.remove("shop/cart-0");
  registry.remove("shop/cart-1");
  registry.close();
  assert.equal(start(disk).registry.all.length, 48);
});

test("a damaged file costs the memory of the last run, not the start", () => {
  const disk = memoryDisk();
  disk.write("registrations", "[{", 0o600);
  assert.deepEqual(start(disk).registry.all, []);
});

test("a full disk costs the memory of this run, not the mesh", () => {
  const disk = memoryDisk();
  disk.write = () => {
    throw new Error("ENOSPC");
  };
  const { registry } = start(disk);
  registry.put(CART);
  assert.deepEqual(registry.all, [CART]);
});

test("only a change is told: the same words twice are none", () => {
  const { registry, changes } = start();
  registry.put(CART);
  registry.put({ ...CART });
  registry.setReady("shop/cart", true);
  assert.equal(changes(), 1);
  registry.setReady("shop/cart", false);
  registry.setReady("shop/unknown", true);
  assert.equal(changes(), 2);
});

function start(files: Disk = memoryDisk()) {
  const clock = new FakeClock();
  let count = 0;
  const options = { files, path: "registrations", clock, log: silentLog };
  const registry = new Registry(options, () => {
    count++;
  });
  return { registry, clock, changes: () => count };
}

type Disk = Pick<FileSystem, "read" | "write">;

function memoryDisk(): Disk {
  const texts = new Map<string, string>();
  return {
    read: (path: string) => texts.get(path),
    write: (path: string, text: string) => void texts.set(path, text),
  };
}
