// A mesh in one process: the real control plane and real data planes over loopback sockets, without
// a supervisor. Workloads are node:http servers of the test.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { type Log, silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import type { LookUp } from "#control/plane/name-resolver.ts";
import { openOnFolder } from "#control/plane/open-on-folder.ts";
import type { MeshSettings } from "#ir/model.ts";
import type { OverloadSampler } from "#proxy/overload/overload-sample.ts";
import { SystemSampler } from "#proxy/overload/system-sampler.ts";
import { DataPlane } from "#proxy/pipeline/data-plane.ts";
import { type Network, systemNetwork } from "#proxy/pipeline/network.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";
import { freePort, OWN_ADDRESS } from "./free-port.ts";

const LOOPBACK = "127.0.0.1";
export const SECRET = "a-secret-of-the-test";

export type SmallMesh = {
  readonly control: ControlPlane;
  readonly folder: string;
  write(file: string, text: string): void;
  // Starts a proxy for a declared workload.
  proxy(name: string, options?: ProxyOptions): Promise<RunningProxy>;
  close(): Promise<void>;
};

export type ProxyOptions = {
  readonly application?: { readonly declared: number; readonly port: number };
  readonly settings?: Partial<ProxySettings>;
  // Its own; the network's and everybody else's is the system's.
  readonly clock?: Clock;
  readonly sampler?: OverloadSampler;
  readonly network?: Partial<Network>;
};

export type RunningProxy = {
  readonly dataPlane: DataPlane;
  readonly settings: ProxySettings;
  // What its application would dial for a dependency.
  url(key: string): string;
};

export async function smallMesh(
  documents: Readonly<Record<string, string>>,
  log: Log = silentLog,
  lookUp?: LookUp,
  mesh?: MeshSettings,
): Promise<SmallMesh> {
  const folder = mkdtempSync(join(tmpdir(), "weft-mesh-"));
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  for (const [file, text] of Object.entries(documents)) write(file, text);
  const proxies = { address: OWN_ADDRESS, port: freePort() };
  const opening = await openOnFolder(
    {
      version: "test",
      documents: folder,
      stateFolder: join(folder, ".weft"),
      dashboardFolder: folder,
      proxies: proxies as never,
      admin: proxies as never,
      ...(mesh && { mesh }),
    },
    {
      clock: systemClock,
      files: systemFiles,
      log,
      ...(lookUp && { lookUp }),
      proxyEntrance: (credentials, events, to) => new ControlListener(credentials, events, to),
    },
    () => {},
  );
  if (opening.kind === "refused") throw new Error(opening.reason);
  const control = opening.controlPlane;
  const running: RunningProxy[] = [];
  return {
    control,
    folder,
    write,
    async proxy(name, options = {}) {
      const proxy = await startProxy({ control, folder }, name, options, log);
      running.push(proxy);
      return proxy;
    },
    async close() {
      await Promise.all(running.map(({ dataPlane }) => dataPlane.drain()));
      control.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// What a supervisor would tell the proxy of a declared workload.
export function proxySettings(
  { control, folder }: Pick<SmallMesh, "control" | "folder">,
  name: string,
  options: ProxyOptions = {},
): ProxySettings {
  const declared = control.model.workloads.find((workload) => workload.name === name)!;
  const { namespace, serviceAccount } = declared;
  const issue = control.tokens.issue({ namespace, workload: name, serviceAccount });
  if (issue.kind === "refused") throw new Error(issue.reason);
  const listenOn = () => ({ address: OWN_ADDRESS, port: freePort() });
  const { application } = options;
  return {
    version: "test",
    workload: { namespace, name },
    identity: `spiffe://mesh.local/ns/${namespace}/sa/${serviceAccount}`,
    stateFolder: join(folder, ".weft", name),
    control: control.settings.proxies,
    controlIdentity: control.controlIdentity,
    trust: control.authority.trust,
    token: issue.token,
    secret: SECRET,
    outbound: listenOn(),
    mesh: listenOn(),
    metrics: listenOn(),
    health: listenOn(),
    application: application ? [{ ...application, address: LOOPBACK }] : [],
    tcp: [],
    readiness: application
      ? { kind: "tcp", address: LOOPBACK, port: application.port }
      : { kind: "none" },
    ...options.settings,
  };
}

async function startProxy(
  mesh: Pick<SmallMesh, "control" | "folder">,
  name: string,
  options: ProxyOptions,
  log: Log,
): Promise<RunningProxy> {
  const settings = proxySettings(mesh, name, options);
  const world = {
    clock: options.clock ?? systemClock,
    random: seededRandom(1),
    files: systemFiles,
    network: { ...systemNetwork(systemClock), ...options.network },
    endOfTick: setImmediate,
    log,
    sampler: options.sampler ?? new SystemSampler(systemClock),
  };
  const dataPlane = new DataPlane(settings, world, () => {});
  const refusal = await dataPlane.start();
  if (refusal !== undefined) {
    await dataPlane.drain();
    throw new Error(refusal);
  }
  const { address, port } = settings.outbound;
  return {
    dataPlane,
    settings,
    url: (key) => `http://${address}:${port}/~${SECRET}/${key}`,
  };
}

// An application: its port, and how to stop it.
export function application(
  answer: RequestListener,
): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(answer);
  return new Promise((resolve) => {
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        port,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
