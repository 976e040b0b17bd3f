// The control plane of a large cluster: thousands of pods that come and go at a real API server, and
// many light proxies on real control streams: `node bench/cluster-scale.ts [--quick] [--out FILE]`.
// It needs what test/kubernetes needs, and no root.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { Authority } from "#control/authority/authority.ts";
import { clusterRoot } from "#control/plane/cluster-root.ts";
import { ClusterApi } from "#kubernetes/cluster-api.ts";
import { Cluster } from "../test/kubernetes/cluster.ts";
import type { Child } from "./children.ts";
import { freezeBuild } from "./frozen-build.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { anonymousKiB, exactProcessorMs, machineBusyMs } from "./process-figures.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { calm } from "./scale/calm.ts";
import { ClusterChanges } from "./scale/cluster-changes.ts";
import { ClusterWorld } from "./scale/cluster-world.ts";
import { collectedHeap } from "./scale/collected-heap.ts";
import { LightMesh, type LightPlace } from "./scale/light-mesh.ts";
import { childFailure } from "./subject.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seconds: { type: "string" },
    // How long to wait for a machine that does little besides.
    patience: { type: "string", default: "0" },
    out: { type: "string" },
  },
});
const FULL = {
  world: { namespaces: 50, nodes: 100, services: 1_000, podsOfService: 5, routes: 300 },
  ...{ clients: 1_000, keysOfEach: 20, seconds: 180, restMs: 20_000 },
};
const QUICK = {
  world: { namespaces: 2, nodes: 2, services: 20, podsOfService: 3, routes: 5 },
  ...{ clients: 20, keysOfEach: 5, seconds: 3, restMs: 500 },
};
const size = values.quick ? QUICK : FULL;
const seconds = values.seconds === undefined ? size.seconds : Number(values.seconds);
const PER_SECOND = 40;
const LIMIT_MS = 2_400_000;
const START_MS = 300_000;
const LOOK_MS = 1_000;
// Nobody is a kubelet here: nodes must not be missed. And forty changes a second are more than the
// controllers' own limit of twenty requests.
const CONTROLLERS =
  "--controllers=*,-node-lifecycle-controller,-taint-eviction-controller " +
  "--kube-api-qps=1000 --kube-api-burst=2000";
const PORTS = { proxies: 28_412, admin: 28_414, webhook: 28_417, health: 28_421 };

await withRig(LIMIT_MS, measure, {});

async function measure(rig: Rig): Promise<void> {
  process.env["CONTROLLERS_FLAGS"] = CONTROLLERS;
  const at = new Date().toISOString();
  const build = join(rig.folder, "build");
  freezeBuild(build);
  const cluster = Cluster.start("api");
  await cluster.kubectl([
    ...["apply", "--server-side", "-f", cluster.kit.customResources("gateway-api")],
  ]);
  const opening = await ClusterApi.open({ kubeconfig: cluster.kubeconfig });
  if (opening.kind === "refused") throw new Error(opening.reason);
  const { api } = opening;
  const world = new ClusterWorld(api, size.world);
  const filledMs = await timed(() => world.fill());
  const settledMs = await timed(() => world.settled());
  tell(`The cluster is filled (${filledMs} ms, and ${settledMs} ms until its slices are)`);
  const control = startControl(rig, build, cluster);
  const startedMs = await timed(() => ready(control));
  const heldKiB = await rest(control);
  tell(`The control plane is ready after ${startedMs} ms, with ${heldKiB} KiB`);
  const light = await openClients(api, world);
  const withClientsKiB = await rest(control);
  tell(`${light.clients.length} proxies are connected`);
  const heapKiB = (await collectedHeap(control.output)).usedKiB;
  tell("Waiting for the machine to be calm");
  const busyBefore = await calm(Number(values.patience) * 1_000);
  tell(`It is ${busyBefore} busy; changing pods`);
  const looks = look(control);
  const [cpuMs, busyMs, fromMs] = [exactProcessorMs(control.pid), machineBusyMs(), now()];
  const changes = await new ClusterChanges({
    ...{ api, world, light, perSecond: PER_SECOND, seconds },
  }).run();
  const tookMs = now() - fromMs;
  const usedMs = exactProcessorMs(control.pid) - cpuMs;
  const busyShare = (machineBusyMs() - busyMs) / tookMs / machine().cores;
  tell("Changed");
  const controlPlane = {
    ...{ startedMs, heldKiB, withClientsKiB },
    sessionKiB: Math.round((withClientsKiB - heldKiB) / light.clients.length),
    mostKiB: Math.max(...looks.stop()),
    afterKiB: await rest(control),
    ...{ heapKiB, heapAfterKiB: (await collectedHeap(control.output)).usedKiB },
    cpuShare: Number((usedMs / tookMs).toFixed(3)),
    ...{ busyBefore, machineBusyShare: Number(busyShare.toFixed(3)) },
  };
  const report = {
    ...{ what: "cluster-scale", at },
    command: `node bench/cluster-scale.ts${values.quick ? " --quick" : ""}`,
    ...{ machine: machine(), versions: versions(undefined), loadAverageAfter: loadAverage() },
    ...{ size: { ...size, seconds }, perSecond: PER_SECOND, filledMs, settledMs },
    ...{ controlPlane, changes, lost: light.lost },
    updatesOfEach: light.clients.reduce((sum, one) => sum + one.updates, 0) / light.clients.length,
  };
  light.close();
  await control.stop();
  const path = values.out ?? join(import.meta.dirname, "..", ".cache", "cluster-scale.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
  process.stdout.write(`${JSON.stringify({ controlPlane, changes }, null, 1)}\n${path}\n`);
}

function startControl({ children, folder }: Rig, build: string, cluster: Cluster): Child {
  const program = join(build, "dist", "main", "cluster-control.js");
  return children.start("control", [process.execPath, "--inspect=127.0.0.1:0", program], {
    ...process.env,
    WEFT_KUBECONFIG: cluster.kubeconfig,
    WEFT_STATE_FOLDER: join(folder, "control"),
    WEFT_LISTEN: "127.0.0.1",
    ...Object.fromEntries(
      Object.entries(PORTS).map(([name, port]) => [`WEFT_PORT_${name.toUpperCase()}`, `${port}`]),
    ),
  });
}

async function ready(control: Child): Promise<void> {
  const found = await control.printed(/The control plane is ready/, START_MS);
  if (!found) throw childFailure("The control plane did not start", control);
}

async function openClients(api: ClusterApi, world: ClusterWorld): Promise<LightMesh> {
  const trustDomain = "cluster.local";
  const signing = { clock: systemClock, trustDomain, log: silentLog };
  const root = await clusterRoot({ ...signing, api, namespace: "weft-system" });
  if (root.kind === "refused") throw new Error(root.reason);
  const authority = await Authority.withRoot(
    { ...signing, certificateLifeMs: 86_400_000 },
    root.root,
  );
  const places = Array.from({ length: size.clients }, (_, i): LightPlace => {
    const namespace = world.namespaceOf(i);
    const identity = { trustDomain, namespace, serviceAccount: "default" };
    const workload = { namespace, name: world.podName(i, 0) };
    return { workload, address: world.address(i, 0), identity };
  });
  const services = Array.from({ length: size.world.services }, (_, i) => {
    return { namespace: world.namespaceOf(i), name: `service-${i}` };
  });
  const control = { address: "127.0.0.1", port: PORTS.proxies };
  return LightMesh.open({ control, authority, places, services, keysOfEach: size.keysOfEach });
}

// Its anonymous memory once it is quiet.
async function rest({ pid }: Child): Promise<number> {
  await wait(size.restMs);
  return anonymousKiB(pid);
}

function look({ pid }: Child): { stop(): readonly number[] } {
  const seen: number[] = [anonymousKiB(pid)];
  const timer = setInterval(() => seen.push(anonymousKiB(pid)), LOOK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const fromMs = now();
  await run();
  return Math.round(now() - fromMs);
}

function now(): number {
  return performance.now();
}
