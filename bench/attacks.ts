// What attacks cost the sidecar that is attacked, and those who are served beside them.
// `node bench/attacks.ts [--quick] [--repeats N] [--only TEXT,...]
// [--revision COMMIT] [--out FILE]`.
//
// Each attack is put on alone, for its processor time and memory, and beside honest traffic, for
// that traffic's latency, which is measured in turns with and without it. It may cost at most 10x
// the processor time of honest requests of as many bytes and 8x the memory that the limits grant, be
// cut off within a second or 250 events, and make the p99 beside it at most 2x.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ATTACK_KINDS, type AttackKind, type Honest } from "./attack-kinds.ts";
import { type AttackFigures, attackTable, judge } from "./attack-report.ts";
import { AttackRuns, type AttackSize, GOOD } from "./attack-runs.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { startRealPair } from "./real-pair.ts";
import { tell, withRig } from "./rig.ts";

const FULL: AttackSize = { warmUpSeconds: 3, seconds: 2, repeats: 3, turns: 3 };
const QUICK: AttackSize = { warmUpSeconds: 0.3, seconds: 0.5, repeats: 1, turns: 1 };
const LIMIT_MS = 3_000_000;

const HONEST = [
  ["mesh", "small"],
  ["outbound", "small"],
  ["outbound", "answers"],
] as const satisfies readonly (readonly [AttackKind["on"], Honest])[];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    only: { type: "string", default: "" },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const chosen = values.quick ? QUICK : FULL;
const size = { ...chosen, repeats: Number(values.repeats ?? chosen.repeats) };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const runs = new AttackRuns(rig, await startRealPair(rig, values.revision), size);
    await runs.warmUp();
    const honest = new Map<string, number>();
    for (const [on, what] of HONEST) {
      honest.set(`${on} ${what}`, await runs.honestNsPerByte(on, what));
    }
    const figures: AttackFigures[] = [];
    for (const kind of ATTACK_KINDS.filter(isWanted)) {
      const comparable = honest.get(`${kind.on} ${kind.honest}`) ?? 0;
      figures.push(judge(kind, await runs.of(kind), comparable));
      tell(attackTable(figures.slice(-1)).trimEnd());
    }
    const report = {
      what: "attacks",
      at,
      command: `node bench/attacks.ts${values.quick ? " --quick" : ""}`,
      machine: machine(),
      versions: versions(values.revision),
      loadAverageAfter: loadAverage(),
      size,
      good: GOOD,
      honestNsPerByte: Object.fromEntries(honest),
      figures,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${attackTable(figures)}${path}\n`);
    // A short run says nothing of what anything costs.
    if (!values.quick && figures.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
  },
  {},
);

function isWanted({ name }: AttackKind): boolean {
  return values.only.split(",").some((part) => name.includes(part));
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const name = `attacks-${at.slice(0, 16).replaceAll(":", "")}.json`;
  if (!values.quick) return join(import.meta.dirname, "results", name);
  return join(import.meta.dirname, "..", ".cache", "attacks-quick.json");
}
