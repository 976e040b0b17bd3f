// What idle connections cost, by the program that measures just that.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./contenders.ts";
import type { IdleConnections } from "./proxy-result.ts";
import { childFailure } from "./subject.ts";

const PROGRAM = join(import.meta.dirname, "idle-connections.ts");

export async function measureIdleConnections(
  { children, folder, note }: Bench,
  revision: string | undefined,
  isQuick: boolean,
): Promise<readonly IdleConnections[]> {
  note("idle connections");
  const out = join(folder, "idle-connections.json");
  const child = children.start("idle-connections.ts", [
    ...[process.execPath, PROGRAM, "--out", out, isQuick ? "--quick" : "--short"],
    ...(revision === undefined ? [] : ["--revision", revision]),
  ]);
  await child.ended;
  // It also ends with 1 where a floor doesn't hold, which is for the report to say.
  if (!existsSync(out)) throw childFailure("Idle connections weren't measured", child);
  const { found } = JSON.parse(readFileSync(out, "utf8"));
  return found;
}
