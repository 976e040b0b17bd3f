import type { Headers } from "#proxy/exchange/heads.ts";

// The value of the first field of that name.
export function headerOf(headers: Headers, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name) return headers[i + 1];
  }
  return undefined;
}
