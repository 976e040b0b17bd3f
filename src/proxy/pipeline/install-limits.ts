// What a document sets holds for what is made from now on; what the workload's own settings say
// wins, unless it contradicts the document.

import { brokenRelations } from "#base/broken-relations.ts";
import type { LimitPair } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { mergeLimits } from "#base/merge-limits.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";

export function installLimits(
  { limits, buffers }: CodecTools,
  ofPlan: readonly LimitPair[],
  own: readonly LimitPair[],
  log: Log,
): void {
  const both = mergeLimits(ofPlan, own);
  const [broken] = own.length === 0 ? [] : brokenRelations(both);
  if (broken) log.warn("Our own limits contradict the mesh's, which hold", { must: broken.says });
  limits.replace(broken || own.length === 0 ? ofPlan : both);
  buffers?.resize(limits.current.streamBuffersBytesMax);
}
