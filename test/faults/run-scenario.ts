// One run: the scenario with its faults, then everybody leaves, time passes, and nothing may
// be left.

import { type Fault, type FaultPlace, STALL_MS } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import type { Scenario } from "./scenario.ts";
import { type Identities, VirtualMesh } from "./virtual-mesh.ts";

const PATIENCE_MS = 2 * STALL_MS;
// More than all timeouts that can follow one another.
const SETTLE_MS = 4 * STALL_MS;

export type Run = {
  readonly isComplete: boolean;
  readonly counts: Readonly<Record<FaultPlace, number>>;
  readonly complaints: readonly string[];
};

export async function runScenario(
  identities: Identities,
  scenario: Scenario,
  planned: readonly Fault[] = [],
): Promise<Run> {
  const ledger = new Ledger().open();
  const mesh = new VirtualMesh(identities, planned, scenario.isAtGateway);
  await mesh.start();
  const { time, network, faults } = mesh;
  const timersAtRest = time.timersPending;
  faults.count(true);
  const isComplete = await play(mesh, scenario);
  for (const leave of mesh.leaving) leave();
  const held = () => network.open.size + network.dialling + ledger.deadlinesPending;
  await pass(mesh, SETTLE_MS, () => held() === 0 && time.timersPending <= timersAtRest);
  const complaints = [
    ...ledger.complaints(),
    ...mesh.checks.flatMap((check) => check()),
    ...complaint("POST delivered twice", mesh.delivered.length - new Set(mesh.delivered).size),
    ...complaint("streams open", network.open.size),
    ...complaint("dials under way", network.dialling),
    ...complaint("deadlines", ledger.deadlinesPending),
    ...complaint("timers", Math.max(0, time.timersPending - timersAtRest)),
  ];
  faults.count(false);
  let drained = 0;
  for (const proxy of [mesh.front, mesh.back]) void proxy.drain().then(() => drained++);
  await pass(mesh, SETTLE_MS, () => drained === 2 && time.timersPending === 0);
  return {
    isComplete,
    counts: { ...faults.counts },
    complaints: [
      ...complaints,
      ...complaint("proxies that don't stop", 2 - drained),
      ...complaint("listeners after the drain", network.listeners),
      ...complaint("timers after the drain", time.timersPending),
    ],
  };
}

// True where the script came to its end.
async function play(mesh: VirtualMesh, scenario: Scenario): Promise<boolean> {
  const script = scenario.play(mesh);
  let awaited = script.next();
  await pass(mesh, PATIENCE_MS, () => {
    while (!awaited.done && awaited.value()) {
      awaited = script.next();
    }
    return awaited.done === true;
  });
  return awaited.done === true;
}

async function pass(mesh: VirtualMesh, ms: number, isOver: () => boolean): Promise<void> {
  const { time } = mesh;
  const untilMs = time.nowMs() + ms;
  for (;;) {
    do {
      time.runTurns();
      // What waits for promises or for the end of the tick.
      await new Promise(setImmediate);
    } while (time.hasTurns);
    if (isOver() || !time.step(untilMs)) return;
  }
}

function complaint(what: string, count: number): string[] {
  return count === 0 ? [] : [`${what}: ${count}`];
}
