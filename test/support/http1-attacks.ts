// Runs a table of attacks on the outbound listener of one mesh, each as a test of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type HardeningMesh, hardeningMesh, type SeenRequest } from "./hardening-mesh.ts";
import { rawHttp1 } from "./raw-http1.ts";

export type Http1Attack = {
  readonly name: string;
  // Each goes over a connection of its own, one character a byte.
  readonly texts: readonly string[];
  // None: closed without a word.
  readonly statuses: readonly number[];
  // The paths of all requests that reach the application whole; by default none does.
  readonly whole?: readonly string[];
  // Says what else must be true of what the application saw.
  readonly check?: (seen: readonly SeenRequest[], text: string) => void;
};

export function http1Attacks(attacks: readonly Http1Attack[]): void {
  let mesh!: HardeningMesh;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    mesh = await hardeningMesh((run) => cleanups.push(run));
  });
  after(async () => {
    for (const run of cleanups) await run();
  });
  for (const attack of attacks) {
    test(attack.name, async () => {
      for (const text of attack.texts) await run(mesh, attack, text);
      await mesh.assertAtRest();
    });
  }
}

async function run(mesh: HardeningMesh, attack: Http1Attack, text: string): Promise<void> {
  const { statuses, whole = [] } = attack;
  const what = JSON.stringify(text.slice(0, 300));
  const isRefused = (statuses.at(-1) ?? 400) >= 400;
  const { address, port } = mesh.outbound;
  const answer = await rawHttp1(
    { address, port },
    text,
    // Who is refused is cut off.
    isRefused ? {} : { answers: statuses.length },
  );
  assert.deepEqual(
    answer.statuses.filter((status) => status !== 100),
    statuses,
    what,
  );
  assert.equal(answer.wasClosed, isRefused, what);
  const seen = mesh.takeSeen();
  assert.deepEqual(
    seen.filter(({ isWhole }) => isWhole).map(({ path }) => path),
    whole,
    what,
  );
  assert.deepEqual(
    seen.filter(({ path }) => !["/attack", "/next"].includes(path)),
    [],
    what,
  );
  attack.check?.(seen, answer.text);
}
