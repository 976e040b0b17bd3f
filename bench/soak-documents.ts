// Documents that change while a rig serves: a route that the load's requests pass and don't take.
// Who takes it gets 500, so that it can be seen which one is in force.

import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAME = "changing.yaml";
const HEADER = "x-soak";
const TAKEN = 500;
const PASSED = 200;

// The folder for the rig's --config.
export function soakConfig(folder: string): string {
  const config = join(folder, "config");
  mkdirSync(config);
  writeFileSync(join(config, NAME), changingRoute(0));
  return config;
}

export type WatchedConfig = {
  change(): void;
  readonly changes: number;
  // Whether the proxies behind that address decide by the last change, and not by the one before.
  hasArrived(url: string): Promise<boolean>;
};

// `folder`: where the rig has its own.
export function watchedConfig(folder: string): WatchedConfig {
  const [rig] = readdirSync(folder).filter((name) => name.startsWith("weft-rig-"));
  if (!rig) throw new Error(`No rig has its folder in ${folder}`);
  const path = join(folder, rig, "documents", "config", NAME);
  let changes = 0;
  return {
    change: () => {
      writeFileSync(`${path}.new`, changingRoute(++changes));
      renameSync(`${path}.new`, path);
    },
    get changes() {
      return changes;
    },
    hasArrived: async (url) =>
      (await statusOf(url, changes)) === TAKEN && (await statusOf(url, changes - 1)) === PASSED,
  };
}

async function statusOf(url: string, number: number): Promise<number> {
  const response = await fetch(url, { headers: { [HEADER]: `${number}` } });
  await response.arrayBuffer();
  return response.status;
}

function changingRoute(number: number): string {
  return JSON.stringify({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "changing", namespace: "rig" },
    spec: {
      parentRefs: [{ group: "", kind: "Service", name: "backend" }],
      rules: [
        {
          matches: [{ headers: [{ name: HEADER, value: `${number}` }] }],
          backendRefs: [{ name: "backend", port: 80, weight: 0 }],
        },
      ],
    },
  });
}
