// Envoy in the places of Weft's proxies: alone, or as two sidecars of Istio would run it, with
// HTTP/1 (Istio's default) or HTTP/2 between them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Child } from "../children.ts";
import type { Started } from "../subject.ts";
import { envoyConfig, type Hop } from "./envoy-config.ts";
import { freePort, untilListening } from "./listening.ts";
import { backendPort, type PeerSetting } from "./peer-setting.ts";

export type EnvoyOptions = {
  readonly program: string;
  readonly name: string;
  readonly between: "http1" | "http2";
};

export async function startEnvoy(setting: PeerSetting, options: EnvoyOptions): Promise<Started> {
  const hops = setting.way === "plain" ? [await plain(setting)] : await pair(setting, options);
  const children = hops.map((hop) => start(setting, options, hop));
  for (const [i, child] of children.entries()) await untilListening(child, hops[i]!.listenPort);
  return {
    subject: {
      name: options.name,
      url: `http://127.0.0.1:${hops[0]!.listenPort}`,
      proxies: hops.map(({ role }, i) => ({ role, pid: children[i]!.pid })),
      requests: () => Promise.all(hops.map(counted)),
    },
    stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
  };
}

async function plain(setting: PeerSetting): Promise<Hop> {
  const { root } = setting.certificates;
  return {
    ...{ role: "proxy", listenPort: await freePort(), adminPort: await freePort() },
    ...{ nextPort: backendPort(setting), nextSpeaks: "http1", meshSpeaks: "http1" },
    ...{ root, own: undefined, peerIdentity: "" },
  };
}

async function pair(setting: PeerSetting, { between }: EnvoyOptions): Promise<readonly Hop[]> {
  const { root, of } = setting.certificates;
  const meshPort = await freePort();
  const nextSpeaks = setting.way === "http2" ? "http2" : "http1";
  const both = { root, nextSpeaks, meshSpeaks: between } as const;
  return [
    {
      ...both,
      ...{ role: "outbound", listenPort: await freePort(), adminPort: await freePort() },
      ...{ nextPort: meshPort, own: of("outbound"), peerIdentity: of("inbound").identity },
    },
    {
      ...both,
      ...{ role: "inbound", listenPort: meshPort, adminPort: await freePort() },
      ...{ nextPort: backendPort(setting), own: of("inbound") },
      peerIdentity: of("outbound").identity,
    },
  ];
}

function start(
  { children, folder }: PeerSetting,
  { program, name }: EnvoyOptions,
  hop: Hop,
): Child {
  const path = join(folder, `${name}-${hop.role}.json`);
  writeFileSync(path, JSON.stringify(envoyConfig(hop), undefined, 1));
  return children.start(`${name} ${hop.role}`, [
    ...[program, "-c", path, "--log-level", "error"],
    // One event loop, as Weft and HAProxy have here; and no shared memory with other Envoys.
    ...["--concurrency", "1", "--disable-hot-restart"],
  ]);
}

async function counted({ role, adminPort }: Hop): Promise<number> {
  const filter = encodeURIComponent(`^http\\.${role}\\.downstream_rq_total$`);
  const response = await fetch(`http://127.0.0.1:${adminPort}/stats?filter=${filter}`);
  const found = /downstream_rq_total: (\d+)/.exec(await response.text());
  return Number(found?.[1] ?? 0);
}
