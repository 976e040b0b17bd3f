import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { OriginalDestinations } from "./original-destination.ts";

// What is redirected needs rules of the kernel: test/all/netns-interception.test.ts.
test("a connection that nobody redirected has no original destination", async () => {
  const destinations = await OriginalDestinations.open();
  for (const address of ["127.0.0.1", "::1"]) {
    const accepted = await acceptOne(address);
    assert.equal(destinations.of(accepted), undefined);
    accepted.destroy();
  }
  // Whether the kernel keeps connections in mind is up to it: it does once it has rules.
  const { direct, unknown } = destinations.misses;
  assert.equal(direct + unknown, 2);
});

test("what is closed, or no socket at all, has none either", async () => {
  const destinations = await OriginalDestinations.open();
  const accepted = await acceptOne("127.0.0.1");
  accepted.destroy();
  assert.equal(destinations.of(accepted), undefined);
  assert.equal(destinations.of(memoryStreamPair()[0]), undefined);
  assert.deepEqual(destinations.misses, { unknown: 0, direct: 0, "no-socket": 2 });
});

async function acceptOne(address: string): Promise<ByteStream> {
  const accepted = Promise.withResolvers<ByteStream>();
  const listener = await netListen({ address, port: 0 }, accepted.resolve);
  netDial(systemClock)({ address, port: listener.port }, 5_000, {
    connected: (stream) => void accepted.promise.then(() => stream.destroy()),
    failed: ({ detail }) => accepted.reject(new Error(detail)),
  });
  const stream = await accepted.promise;
  listener.close();
  return stream;
}
