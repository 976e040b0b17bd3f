// What makes a run count for nothing.

import type { LoadResult } from "#bench/load/load-result.ts";

// `isTimed`: off where only what happened is asked for, and not how fast.
export function refusals(
  result: LoadResult,
  counted: readonly number[],
  isTimed: boolean,
): readonly string[] {
  const { requests, answers, statuses, errors, abandoned, isLimit, limitReason } = result;
  const refused: string[] = [];
  if (requests === 0) refused.push("The load sent nothing");
  const failed = Object.entries(errors).filter(([, count]) => count > 0);
  if (failed.length > 0) {
    refused.push(`The load found errors: ${failed.map((pair) => pair.join(" ")).join(", ")}`);
  }
  const others = statuses.filter(([status]) => status !== 200);
  if (others.length > 0) {
    refused.push(`Not all answers were 200: ${others.map((pair) => pair.join(" x ")).join(", ")}`);
  }
  if (abandoned > 0) refused.push(`${abandoned} requests were without an answer at the end`);
  const disagreeing = counted.filter((count) => count !== requests);
  if (disagreeing.length > 0) {
    refused.push(`The proxies counted ${counted.join(" and ")} requests, the load ${requests}`);
  }
  if (isLimit && isTimed) refused.push(limitReason);
  if (refused.length === 0 && answers !== requests) refused.push("Requests and answers differ");
  return refused;
}
