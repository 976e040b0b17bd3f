// Loads for which a repeat has no run that counts, even after a second try, and why.

import type { Run } from "./measure-run.ts";

type Runs = { readonly runs: readonly Pick<Run, "load" | "subject" | "refused">[] };

export function invalidRuns(way: string, repeats: readonly Runs[]): readonly string[] {
  return repeats.flatMap(({ runs }, i) => {
    const last = new Map(runs.map((run) => [`${run.load} on ${run.subject}`, run]));
    return [...last]
      .filter(([, { refused }]) => refused.length > 0)
      .map(([name, { refused }]) => `${way}, repeat ${i + 1}, ${name}: ${refused.join("; ")}`);
  });
}
