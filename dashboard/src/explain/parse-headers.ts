// Headers as people write them: "name: value", one a line.

import type { HeaderPair } from "#api/explanation.ts";

export type ParsedHeaders = {
  readonly headers: readonly HeaderPair[];
  readonly problem: string; // "" where there is none
};

export function parseHeaders(text: string): ParsedHeaders {
  const headers: HeaderPair[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === "" || /\s/.test(name)) {
      return { headers, problem: `"${line.trim()}" is no header: it must be like x-user: ann` };
    }
    headers.push([name, line.slice(colon + 1).trim()]);
  }
  return { headers, problem: "" };
}
