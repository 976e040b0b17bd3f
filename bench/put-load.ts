// Runs the load, in processes of its own, and brings back its result.

import type { LoadResult } from "#bench/load/load-result.ts";
import type { Child, Children } from "./children.ts";
import type { LoadShape } from "./load-shapes.ts";
import { mergeLoads } from "./merge-loads.ts";
import { LARGE_BODY_PATH } from "./peers/nginx-backend.ts";
import { childFailure, type Subject } from "./subject.ts";

const EXTRA_MS = 30_000;

export type LoadAmount = {
  readonly seconds: number;
  // It ends after so many, if that comes first.
  readonly requests?: number;
};

export async function putLoad(
  children: Children,
  load: readonly string[],
  subject: Pick<Subject, "name" | "url">,
  shape: LoadShape,
  amount: LoadAmount,
): Promise<LoadResult> {
  const { seconds } = amount;
  const one = async () => {
    const child = startLoad(children, load, subject, shape, amount);
    const found = await child.printed(/^\{.*\}$/m, seconds * 1000 + EXTRA_MS);
    await child.stop();
    if (!found) throw childFailure("No result of the load", child);
    return JSON.parse(found[0]);
  };
  const [first, ...others] = Array.from({ length: shape.processes }, one);
  return mergeLoads([await first, ...(await Promise.all(others))]);
}

// One of its processes.
export function startLoad(
  children: Children,
  load: readonly string[],
  subject: Pick<Subject, "name" | "url">,
  shape: LoadShape,
  amount: LoadAmount,
): Child {
  const command = [...load, ...argumentsOf(subject, shape, amount)];
  return children.start(`load on ${subject.name}`, command);
}

// For one of the processes.
function argumentsOf(
  { url }: Pick<Subject, "url">,
  { http, connections, processes, streams, keepsAlive, body, isTraced, ratePerSecond }: LoadShape,
  { seconds, requests }: LoadAmount,
): readonly string[] {
  const mix =
    body === "large"
      ? ["single", "--path", LARGE_BODY_PATH]
      : [isTraced === false ? "untraced" : "paths"];
  const share = (all: number) => String(Math.ceil(all / processes));
  return [
    ...["--target", url, "--mix", ...mix, "--json", "--duration", String(seconds)],
    ...["--connections", share(connections)],
    ...(http === 1 ? [] : ["--protocol", "http2", "--streams", String(streams)]),
    ...(keepsAlive ? [] : ["--no-keep-alive"]),
    ...(requests === undefined ? [] : ["--requests", share(requests)]),
    ...(ratePerSecond === undefined ? [] : ["--rate", String(ratePerSecond / processes)]),
  ];
}
