// The composition of a control plane's process in a cluster.

import { fileURLToPath } from "node:url";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { jsonLog, type Log } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { AdminApi } from "#control/admin/admin-api.ts";
import { AdminTokens } from "#control/admin/admin-tokens.ts";
import { newSecret } from "#control/admin/new-secret.ts";
import { readStaticFiles } from "#control/admin/static-files.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import { readOrMakeAdminSecret } from "#control/kubernetes/admin-secret.ts";
import { InjectionService } from "#control/kubernetes/injection-service.ts";
import { LeaderElection } from "#control/kubernetes/leader-election.ts";
import { adminBackend } from "#control/plane/admin-backend.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import type { ControlSettings } from "#control/plane/control-settings.ts";
import { type ClusterWorld, openInCluster } from "#control/plane/open-in-cluster.ts";
import { StatusDesk } from "#control/plane/status-desk.ts";
import { History } from "#control/reports/history/history.ts";
import type { ClusterSource } from "#control/sources/cluster-source.ts";
import { NAMES } from "#install/names.ts";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import { ClusterApi } from "#kubernetes/cluster-api.ts";
import { packageVersion } from "#local/package-root.ts";
import { type ClusterSettings, readClusterSettings } from "./cluster-settings.ts";
import { HealthPages } from "./health-pages.ts";
import { readInjectorSettings } from "./injector-settings.ts";

const DASHBOARD_FOLDER = fileURLToPath(new URL("../dashboard/", import.meta.url));

type Running = {
  readonly plane: ControlPlane;
  readonly election: LeaderElection;
  readonly admin: AdminApi;
  readonly injection: InjectionService;
};

export function runClusterControl(): void {
  const settings = readClusterSettings(process.env);
  const write = (line: string) => process.stderr.write(line);
  const log = jsonLog(write, systemClock, "control", settings.logLevel);
  let source: ClusterSource | undefined;
  const health = new HealthPages(() => source?.problems.slice(0, 10) ?? []);
  const waiting = (next: ClusterSource): void => {
    source = next;
    health.unready = "it is reading the cluster";
  };
  const running = start({ settings, log, health, waiting });
  running.catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    log.error("Cannot start the control plane", { reason });
    process.exit(1);
  });
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    health.unready = "it is ending";
    // While it starts there is nobody to take leave of.
    if (source === undefined) process.exit(0);
    void Promise.race([running, pause(0)]).then((ready) => leave(ready ?? undefined));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

type Start = {
  readonly settings: ClusterSettings;
  readonly log: Log;
  readonly health: HealthPages;
  readonly waiting: (source: ClusterSource) => void;
};

async function start({ settings, log, health, waiting }: Start): Promise<Running> {
  await health.listen({ address: settings.address, port: settings.ports.health });
  const api = await openApi(settings);
  const world: ClusterWorld = {
    ...{ clock: systemClock, files: systemFiles, random: systemRandom, log, api, waiting },
    ...{ namespace: settings.namespace, serviceAccount: NAMES.control },
    // A pod's disk goes with it: what it has room for is kept in memory.
    history: new History({ path: undefined, clock: systemClock, log }),
    proxyEntrance: (credentials, events, to) => new ControlListener(credentials, events, to),
  };
  systemFiles.makeFolder(settings.stateFolder, 0o700);
  let statuses: StatusDesk | undefined;
  const changed = () => statuses?.changed();
  const opening = await openInCluster(controlSettings(settings), world, changed);
  if (opening.kind === "refused") throw new Error(opening.reason);
  const plane = opening.controlPlane;
  const admin = await openAdmin(plane, settings, world);
  const injection = await startInjection(plane, settings, world);
  const desk = new StatusDesk(plane, { ...world, trust: () => plane.authority.trust });
  statuses = desk;
  const election = new LeaderElection({
    ...world,
    ...{ name: NAMES.lease, identity: settings.replica },
    changed: (isLeader) => {
      injection.lead(isLeader);
      desk.lead(isLeader);
    },
  });
  election.start();
  health.unready = "";
  log.info("The control plane is ready", {
    revision: plane.snapshot.revision,
    workloads: plane.model.workloads.length,
    services: plane.model.services.length,
  });
  return { plane, election, admin, injection };
}

async function openApi({ kubeconfig }: ClusterSettings): Promise<ClusterApi> {
  const opening =
    kubeconfig === undefined ? ClusterApi.inCluster() : await ClusterApi.open({ kubeconfig });
  if (opening.kind === "refused") throw new Error(opening.reason);
  return opening.api;
}

function controlSettings({ stateFolder, address, ports }: ClusterSettings): ControlSettings {
  return {
    ...{ version: packageVersion(), documents: "", stateFolder },
    dashboardFolder: DASHBOARD_FOLDER,
    proxies: { address, port: ports.proxies },
    admin: { address, port: ports.admin },
    mesh: CLUSTER_MESH_SETTINGS,
  };
}

function startInjection(
  { authority, identity }: ControlPlane,
  { address, ports }: ClusterSettings,
  world: ClusterWorld,
): Promise<InjectionService> {
  return InjectionService.start({
    ...world,
    trust: () => authority.trust,
    settings: readInjectorSettings(process.env, packageVersion(), identity.trustDomain),
    on: { address, port: ports.webhook },
    sign: (request) => authority.signServer(request),
  });
}

async function openAdmin(
  plane: ControlPlane,
  { address, ports }: ClusterSettings,
  { api, log, clock }: ClusterWorld,
): Promise<AdminApi> {
  for (;;) {
    const reading = await readOrMakeAdminSecret(api, newSecret);
    if (reading.kind === "read") {
      const admin = new AdminApi(adminBackend(plane), {
        ...{ clock, log, newSecret, isForwarded: true },
        tokens: new AdminTokens(reading.tokens),
        dashboard: readStaticFiles(DASHBOARD_FOLDER),
      });
      await admin.listen({ address, port: ports.admin });
      return admin;
    }
    log.warn("Cannot open the admin API; trying again", { reason: reading.reason });
    await pause(LIMITS.apiPauseFirstMs);
  }
}

// Others take over: the Lease is given back, and after a while, in which callers have heard of it,
// proxies are asked to turn to another replica.
async function leave(running: Running | undefined): Promise<void> {
  if (running) {
    const { plane, election, admin, injection } = running;
    await Promise.race([election.stop(), pause(LIMITS.apiPauseFirstMs)]);
    await pause(LIMITS.endpointPropagationMs);
    await plane.drain();
    const closed = Promise.all([admin.close(), injection.close()]);
    await Promise.race([closed, pause(LIMITS.apiPauseFirstMs)]);
  }
  process.exit(0);
}

function pause(delayMs: number): Promise<undefined> {
  return new Promise((resolve) => {
    systemClock.after(delayMs, () => resolve(undefined));
  });
}
