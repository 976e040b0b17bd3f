// Runs the load as a process of its own and brings back its result.

import type { LoadResult } from "#bench/load/load-result.ts";
import type { Children } from "./children.ts";
import type { LoadShape } from "./load-shapes.ts";
import { LARGE_BODY_PATH } from "./peers/nginx-backend.ts";
import type { Subject } from "./subject.ts";

const EXTRA_MS = 30_000;

export type LoadAmount = {
  readonly seconds: number;
  // It ends after so many, if that comes first.
  readonly requests?: number;
};

export async function putLoad(
  children: Children,
  load: readonly string[],
  { name, url }: Pick<Subject, "name" | "url">,
  shape: LoadShape,
  { seconds, requests }: LoadAmount,
): Promise<LoadResult> {
  const { http, connections, streams, keepsAlive, body, ratePerSecond } = shape;
  const mix = body === "large" ? ["single", "--path", LARGE_BODY_PATH] : ["paths"];
  const child = children.start(`load on ${name}`, [
    ...[...load, "--target", url, "--mix", ...mix, "--json"],
    ...["--connections", String(connections), "--duration", String(seconds)],
    ...(http === 1 ? [] : ["--protocol", "http2", "--streams", String(streams)]),
    ...(keepsAlive ? [] : ["--no-keep-alive"]),
    ...(requests === undefined ? [] : ["--requests", String(requests)]),
    ...(ratePerSecond === undefined ? [] : ["--rate", String(ratePerSecond)]),
  ]);
  const found = await child.printed(/^\{.*\}$/m, seconds * 1000 + EXTRA_MS);
  await child.stop();
  if (!found) throw new Error(`No result of the load on ${name}: ${child.output}`);
  return JSON.parse(found[0]);
}
