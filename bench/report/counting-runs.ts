// The runs that count, repeat by repeat.

import type { Run } from "../measure-run.ts";
import type { ProxyResult } from "../proxy-result.ts";

export function countingRun(
  repeat: { readonly runs: readonly Run[] },
  load: string,
  subject: string,
): Run | undefined {
  return repeat.runs.find(
    (run) => run.load === load && run.subject === subject && run.refused.length === 0,
  );
}

// Of a load, one list of runs for each repeat in which every one of the subjects has one.
export function countingRuns<const S extends readonly string[]>(
  { groups }: ProxyResult,
  load: string,
  subjects: S,
): readonly { readonly [at in keyof S]: Run }[] {
  return groups
    .flatMap(({ repeats }) => repeats)
    .map((repeat) => subjects.map((subject) => countingRun(repeat, load, subject)))
    .filter((runs) => runs.every((run) => run !== undefined)) as never;
}
