// "reviews:9080" or "reviews.bookshop:9080" -> what a process wants to dial.

import type { JoinDependency } from "#api/join.ts";

export function parseDependency(text: string, namespace: string): JoinDependency | undefined {
  const parts = /^([a-z0-9-]{1,63})(?:\.([a-z0-9-]{1,63}))?:(\d{1,5})$/.exec(text);
  if (!parts) return undefined;
  const [, service = "", elsewhere, digits] = parts;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  return { namespace: elsewhere ?? namespace, service, port, protocol: "http" };
}
