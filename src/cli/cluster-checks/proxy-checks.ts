// `weft check --proxy`: looks into each pod with a proxy: are its rules of interception in force?

import type { CheckCategory } from "#api/check-result.ts";
import { isPodReady } from "#cli/pod-state.ts";
import { NAMES as POD_NAMES } from "#control/kubernetes/injection/names.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { execInPod } from "#kubernetes/exec-in-pod.ts";
import { failed, namedText, passed } from "./check-of.ts";
import type { CheckWorld } from "./check-world.ts";
import { isMeshed, podName } from "./data-plane-checks.ts";

const COMMAND = ["/usr/local/bin/node", "/weft/dist/main/pod-init.js", "--check"];
// At the same time: each costs its node a process.
const PODS_AT_ONCE = 8;

type Finding = { readonly pod: string; readonly reason: string };

export async function proxyChecks(
  world: CheckWorld,
  pods: readonly ClusterObject[],
): Promise<CheckCategory> {
  const asked = pods.filter((pod) => isMeshed(pod) && isPodReady(pod));
  const findings: Finding[] = [];
  const waiting = [...asked];
  const worker = async (): Promise<void> => {
    for (let pod = waiting.pop(); pod; pod = waiting.pop()) {
      const reason = await whyNotInForce(world, pod);
      if (reason !== undefined) findings.push({ pod: podName(pod), reason });
    }
  };
  await Promise.all(Array.from({ length: PODS_AT_ONCE }, worker));
  return { name: "weft-data-plane-interception", checks: [checkOf(asked.length, findings)] };
}

function checkOf(count: number, findings: readonly Finding[]) {
  const name = "connections of every pod go through its proxy";
  if (findings.length === 0) return passed(name, `proved inside ${count} pods`);
  const texts = findings.map(({ pod, reason }) => `${pod}: ${reason}`).sort();
  const hint = "The container weft-init makes the rules: see its logs, and restart the pod";
  return failed(name, namedText(texts), hint);
}

async function whyNotInForce(
  { api }: CheckWorld,
  { metadata }: ClusterObject,
): Promise<string | undefined> {
  const { namespace = "", name } = metadata;
  const container = POD_NAMES.proxyContainer;
  const end = await execInPod(api, { namespace, pod: name, container, command: COMMAND });
  if (end.kind === "failed") return `cannot look into it: ${end.reason}`;
  return end.code === 0 ? undefined : end.output.trim().replaceAll("\n", "; ");
}
