// Starts whoever is measured in a group, Weft and its peers, by name.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "./children.ts";
import type { FrozenBuild } from "./frozen-build.ts";
import type { Certificates } from "./peers/certificates.ts";
import { startEnvoy } from "./peers/envoy.ts";
import { startHaproxy } from "./peers/haproxy.ts";
import type { NginxBackend } from "./peers/nginx-backend.ts";
import type { Way } from "./peers/peer-setting.ts";
import type { ContenderName } from "./proxy-rows.ts";
import type { Started } from "./subject.ts";
import { startWeftRig } from "./weft-rig.ts";

export type Bench = {
  readonly children: Children;
  readonly build: FrozenBuild;
  readonly folder: string;
  readonly certificates: Certificates;
  readonly envoy: string; // the program
  readonly cores: number;
  readonly note: (line: string) => void;
};

export function startContender(
  bench: Bench,
  name: ContenderName,
  way: Way,
  backend: NginxBackend,
  at: string, // a folder's name that nobody else uses
): Promise<Started> {
  const folder = join(bench.folder, at);
  mkdirSync(folder, { recursive: true });
  const setting = { ...bench, way, folder, backend };
  switch (name) {
    case "weft":
      return startWeftRig(bench.children, bench.build, { way, backend });
    case "haproxy":
      return startHaproxy(setting);
    case "envoy":
      // An application's HTTP/2 would stay HTTP/2 between Istio's sidecars.
      return startEnvoy(setting, {
        ...{ program: bench.envoy, name },
        between: way === "http2" ? "http2" : "http1",
      });
    case "envoy-http2":
      return startEnvoy(setting, { program: bench.envoy, name, between: "http2" });
    case "direct":
      return Promise.resolve(direct(backend));
    default:
      return unreachable(name);
  }
}

// Without any proxy.
function direct({ http1Port }: NginxBackend): Started {
  const nobody = { proxies: [], requests: () => Promise.resolve([]) };
  return {
    subject: { name: "direct", url: `http://127.0.0.1:${http1Port}`, ...nobody },
    stop: () => Promise.resolve(),
  };
}

function unreachable(name: never): never {
  throw new Error(`Nobody knows how to start ${name}`);
}
