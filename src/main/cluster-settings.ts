// What the environment tells a control plane in a cluster. Without any it is what `weft install`
// makes of it.

import { LOG_LEVELS, type LogLevel } from "#base/log.ts";
import { NAMES, PORTS } from "#install/names.ts";

export type ClusterSettings = {
  readonly namespace: string;
  readonly replica: string; // the pod's name
  readonly kubeconfig: string | undefined; // undefined: the pod's service account
  readonly stateFolder: string;
  readonly logLevel: LogLevel;
  readonly address: string; // "": all
  readonly ports: typeof PORTS | Readonly<Record<keyof typeof PORTS, number>>;
};

const STATE_FOLDER = "/run/weft";

// Throws a sentence where something can't be meant.
export function readClusterSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ClusterSettings {
  const said = (name: string): string | undefined => environment[name] || undefined;
  const port = (name: keyof typeof PORTS): number => {
    const variable = `WEFT_PORT_${name.toUpperCase()}`;
    const text = said(variable);
    if (text === undefined) return PORTS[name];
    const number = Number(text);
    if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
    throw new Error(`${variable} is "${text}", must be a port`);
  };
  const level = said("WEFT_LOG_LEVEL") ?? "info";
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (!logLevel) throw new Error(`WEFT_LOG_LEVEL is "${level}", must be ${LOG_LEVELS.join(", ")}`);
  return {
    namespace: said("WEFT_POD_NAMESPACE") ?? NAMES.namespace,
    replica: said("WEFT_POD_NAME") ?? NAMES.control,
    kubeconfig: said("WEFT_KUBECONFIG"),
    stateFolder: said("WEFT_STATE_FOLDER") ?? STATE_FOLDER,
    logLevel,
    address: said("WEFT_LISTEN") ?? "",
    ports: {
      proxies: port("proxies"),
      admin: port("admin"),
      webhook: port("webhook"),
      health: port("health"),
    },
  };
}
