// Runs the load as a process of its own and brings back its result.

import type { LoadResult } from "#bench/load/load-result.ts";
import type { Children } from "./children.ts";
import type { LoadShape } from "./load-shapes.ts";
import type { Subject } from "./subject.ts";

const EXTRA_MS = 15_000;

export async function putLoad(
  children: Children,
  load: readonly string[],
  subject: Subject,
  shape: LoadShape,
  seconds: number,
): Promise<LoadResult> {
  const child = children.start(`load on ${subject.name}`, [
    ...load,
    ...["--target", subject.url, "--mix", "paths", "--json"],
    ...["--connections", String(shape.connections), "--duration", String(seconds)],
    ...(shape.ratePerSecond === undefined ? [] : ["--rate", String(shape.ratePerSecond)]),
  ]);
  const found = await child.printed(/^\{.*\}$/m, seconds * 1000 + EXTRA_MS);
  await child.stop();
  if (!found) throw new Error(`No result of the load on ${subject.name}: ${child.output}`);
  return JSON.parse(found[0]);
}
