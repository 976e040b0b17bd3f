// How requests divide among versions, and whether that is what weights promise.

import assert from "node:assert/strict";
import { type Asked, Requester } from "./requester.ts";

const CONNECTIONS = 16;
const SIGMAS = 3;

export type SplitQuestion = Asked & {
  readonly url: string;
  readonly requests: number;
  readonly versionHeader: string;
};

export type Counts = ReadonlyMap<string, number>;

// Every request must be answered with 200.
export async function measureSplit(question: SplitQuestion): Promise<Counts> {
  const { url, requests, versionHeader } = question;
  const counts = new Map<string, number>();
  const requester = new Requester(CONNECTIONS);
  let left = requests;
  const ask = async () => {
    while (left-- > 0) {
      const { status, headers, text } = await requester.ask(url, question);
      assert.equal(status, 200, text);
      const version = String(headers[versionHeader]);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  } finally {
    requester.close();
  }
  return counts;
}

// An honest split lies outside of 3 sigma once in some hundred measurements, a wrong one always: a
// second measurement tells them apart.
export async function assertSplit(
  question: SplitQuestion,
  percents: Readonly<Record<string, number>>,
): Promise<void> {
  const first = strayed(await measureSplit(question), question.requests, percents);
  if (first.length === 0) return;
  const second = strayed(await measureSplit(question), question.requests, percents);
  assert.deepEqual(second, [], `and before: ${first.join("; ")}`);
}

function strayed(
  counts: Counts,
  requests: number,
  percents: Readonly<Record<string, number>>,
): readonly string[] {
  const versions = new Set([...counts.keys(), ...Object.keys(percents)]);
  return [...versions].flatMap((version) => {
    const share = (percents[version] ?? 0) / 100;
    const count = counts.get(version) ?? 0;
    const sigma = Math.sqrt(requests * share * (1 - share));
    const isInside = Math.abs(count - requests * share) <= SIGMAS * sigma;
    return isInside ? [] : [`${version}: ${count} of ${requests}, expected ${share * requests}`];
  });
}
