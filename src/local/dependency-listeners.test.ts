import assert from "node:assert/strict";
import { test } from "node:test";
import { DependencyListeners } from "./dependency-listeners.ts";

test("each dependency over TCP has a socket of its own, and keeps its port", (t) => {
  const listeners = new DependencyListeners();
  t.after(() => listeners.close());
  const http = { ...over("web"), protocol: "http" };
  const update = (...dependencies: readonly ReturnType<typeof over>[]) => {
    assert.equal(listeners.update("127.0.0.1", dependencies), undefined);
    return new Map(listeners.all.map(({ key, listener }) => [key, listener.port]));
  };
  const first = update(over("redis"), http, over("redis"), over("mysql"));
  assert.deepEqual([...first.keys()], ["redis.shop:1000", "mysql.shop:1000"]);
  assert.equal(new Set(first.values()).size, 2);
  const second = update(over("queue"), over("mysql"));
  assert.deepEqual([...second.keys()], ["mysql.shop:1000", "queue.shop:1000"]);
  assert.equal(second.get("mysql.shop:1000"), first.get("mysql.shop:1000"));
});

test("an address that isn't ours is a failure, and what was bound can be closed", (t) => {
  const listeners = new DependencyListeners();
  t.after(() => listeners.close());
  const failed = listeners.update("192.0.2.1", [over("redis")]);
  assert.equal(failed?.address.address, "192.0.2.1");
  assert.deepEqual(listeners.all, []);
});

function over(service: string) {
  return { namespace: "shop", service, port: 1000, protocol: "tcp" };
}
