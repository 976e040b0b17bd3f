// Asks from inside a pod and counts the answers.

import type { Cluster } from "./cluster.ts";

export type Ask = {
  readonly namespace: string;
  // `deployment/web`, whose image has Node.
  readonly from: string;
  readonly container: string;
  readonly url: string;
  readonly count: number;
  readonly headers?: Readonly<Record<string, string>>;
  // What is counted beside the status: a header of the answer.
  readonly by?: string;
};

// "200", or "200 v2" where `by` names a header; "failed" where there was no answer.
export async function tally(cluster: Cluster, ask: Ask): Promise<Record<string, number>> {
  const { namespace, from, container, url, count, headers = {}, by } = ask;
  const script = `
    const counts = {};
    for (let i = 0; i < ${count}; i += 10) {
      await Promise.all(Array.from({ length: Math.min(10, ${count} - i) }, async () => {
        const key = await fetch(${JSON.stringify(url)}, { headers: ${JSON.stringify(headers)} })
          .then(async (answer) => {
            await answer.text();
            const by = ${JSON.stringify(by ?? "")};
            return by === "" ? String(answer.status) : answer.status + " " + answer.headers.get(by);
          })
          .catch((error) => "failed: " + (error.cause?.message ?? error.message));
        counts[key] = (counts[key] ?? 0) + 1;
      }));
    }
    console.log(JSON.stringify(counts));`;
  const command = ["node", "--input-type=module", "--eval", script];
  return JSON.parse(await cluster.exec(namespace, from, command, { container }));
}
