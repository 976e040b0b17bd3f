// Weft's own proxies, as `weft bench rig` starts them.

import type { RigReady } from "#bench/rig/rig-options.ts";
import type { Children } from "./children.ts";
import type { FrozenBuild } from "./frozen-build.ts";
import type { Way } from "./peers/peer-setting.ts";
import { childFailure, type Started } from "./subject.ts";
import { countedByWeft } from "./weft-counter.ts";

// A mesh of ten thousand services takes five seconds of a processor to compile.
const READY_MS = 90_000;

export type WeftRigOptions = {
  readonly way: Way;
  readonly backend: { readonly http1Port: number; readonly http2Port: number };
  readonly config?: string; // a folder of documents besides the rig's own
  readonly telemetry?: string; // as in `weft bench rig`
};

// `pid`: of the process that keeps the proxies, and reads what they write.
export type WeftRig = Started & { readonly pid: number };

export async function startWeftRig(
  children: Children,
  build: FrozenBuild,
  { way, backend, config, telemetry }: WeftRigOptions,
): Promise<WeftRig> {
  const isHttp2 = way === "http2";
  const child = children.start("weft bench rig", [
    ...[...build.weft, "bench", "rig", "--shape", way === "plain" ? "plain" : "pair"],
    ...["--backend", `127.0.0.1:${isHttp2 ? backend.http2Port : backend.http1Port}`],
    ...["--listen", "127.0.0.1:0", "--protocol", isHttp2 ? "http2" : "http1"],
    ...(config === undefined ? [] : ["--config", config]),
    ...(telemetry === undefined ? [] : ["--telemetry", telemetry]),
  ]);
  const line = await child.printed(/^\{.*\}$/m, READY_MS);
  if (!line) throw childFailure("The rig didn't become ready", child);
  const { listen, pids, metrics }: RigReady = JSON.parse(line[0]);
  const roles = (["proxy", "outbound", "inbound"] as const).filter((role) => role in pids);
  return {
    subject: {
      name: "weft",
      url: `http://${listen}`,
      proxies: roles.map((role) => ({ role, pid: pids[role]! })),
      // What counts nothing has no number to compare.
      requests: () =>
        Promise.all(
          (telemetry === "off" ? [] : roles).map((role) =>
            countedByWeft(metrics[role], role === "inbound" ? "destination" : "source"),
          ),
        ),
    },
    pid: child.pid,
    stop: () => child.stop(),
  };
}
