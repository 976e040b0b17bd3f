// Hot path.

import type { Headers } from "./heads.ts";

// The value of the first field of that name.
export function findHeader(headers: Headers, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name) return headers[i + 1];
  }
  return undefined;
}
