// Turns a gateway's plan into tables. All of it or nothing: a listener without its certificate
// would refuse everybody, and one without its list of trusted peers would believe everybody.

import type { GatewayHostPlan, GatewayListenerPlan } from "#snapshot/gateway-plan.ts";
import {
  bindCertificates,
  type GatewayCertificates,
  type KeyPemOf,
} from "./gateway-certificates.ts";
import type { GatewaySettings } from "./gateway-settings.ts";
import { HostTable } from "./host-table.ts";
import { type TrustedPeers, trustedPeers } from "./trusted-peers.ts";

export type BoundListener = {
  readonly plan: GatewayListenerPlan;
  readonly descriptor: number | undefined;
  // Who may send a PROXY protocol header, and has to; undefined: nobody.
  readonly trusted: TrustedPeers | undefined;
  readonly hosts: HostTable<GatewayHostPlan>;
  readonly certificates: GatewayCertificates | undefined;
};

export type GatewayBinding =
  | { readonly kind: "bound"; readonly listeners: readonly BoundListener[] }
  | { readonly kind: "refused"; readonly reason: string };

export function bindGateway(
  { plan, keys, sockets }: GatewaySettings,
  readFile: (path: string) => string | undefined,
): GatewayBinding {
  const keyPemOf: KeyPemOf = (name) => {
    const found = keys.find((key) => key.name === name);
    return found && readFile(found.file);
  };
  const listeners: BoundListener[] = [];
  for (const listener of plan.listeners) {
    if (listeners.some((other) => other.plan.name === listener.name)) {
      return refused(listener, "another one has the same name");
    }
    if (
      listeners.some(
        ({ plan: { address, port } }) => address === listener.address && port === listener.port,
      )
    ) {
      return refused(listener, "another one has the same address and port");
    }
    const socket = sockets.find((one) => one.listener === listener.name);
    const bound = bindListener(listener, socket?.descriptor, keyPemOf);
    if (typeof bound === "string") return refused(listener, bound);
    listeners.push(bound);
  }
  return { kind: "bound", listeners };
}

function refused({ name }: GatewayListenerPlan, reason: string): GatewayBinding {
  return { kind: "refused", reason: `Cannot serve the listener "${name}": ${reason}` };
}

function bindListener(
  plan: GatewayListenerPlan,
  descriptor: number | undefined,
  keyPemOf: KeyPemOf,
): BoundListener | string {
  const { proxyProtocol } = plan;
  const trusted = proxyProtocol.kind === "required" ? trustedPeers(proxyProtocol.from) : undefined;
  if (typeof trusted === "string") return trusted;
  const certificates =
    plan.protocol === "https" ? bindCertificates(plan.certificates, keyPemOf) : undefined;
  if (typeof certificates === "string") return certificates;
  const entries = plan.protocol === "tcp" ? [] : plan.hosts;
  const hosts = new HostTable(
    entries.map((entry) => [entry.host, entry] as const),
    { wildcardLabels: "any" },
  );
  return { plan, descriptor, trusted, hosts, certificates };
}
