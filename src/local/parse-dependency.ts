// "reviews:9080", "reviews.bookshop:9080" or "redis:6379/tcp" -> what a process wants to dial.

import type { JoinDependency } from "#api/join.ts";

export function parseDependency(text: string, namespace: string): JoinDependency | undefined {
  const parts = /^([a-z0-9-]{1,63})(?:\.([a-z0-9-]{1,63}))?:(\d{1,5})(\/tcp)?$/.exec(text);
  if (!parts) return undefined;
  const [, service = "", elsewhere, digits, overTcp] = parts;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  const protocol = overTcp === undefined ? "http" : "tcp";
  return { namespace: elsewhere ?? namespace, service, port, protocol };
}
