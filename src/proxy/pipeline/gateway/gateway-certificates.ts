// The certificates of a gateway's listener, read once: what is wrong with one is found here, not in
// a handshake.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { GatewayCertificatePlan } from "#snapshot/gateway-plan.ts";
import { gatewayTlsSettings } from "./gateway-tls-settings.ts";
import { HostTable } from "./host-table.ts";

export type GatewayCertificate = {
  readonly cert: string;
  readonly key: string;
  readonly context: SecureContext;
};

export type GatewayCertificates = HostTable<GatewayCertificate>;

// PEM of a key by its name; undefined where there is none.
export type KeyPemOf = (name: string) => string | undefined;

// A string is the sentence's end that says what is wrong.
export function bindCertificates(
  plans: readonly GatewayCertificatePlan[],
  keyPemOf: KeyPemOf,
): GatewayCertificates | string {
  const entries: (readonly [string, GatewayCertificate])[] = [];
  for (const plan of plans) {
    const certificate = bindCertificate(plan, keyPemOf);
    const name = plan.hosts.join(", ");
    if (typeof certificate === "string") return `the certificate for ${name}: ${certificate}`;
    for (const host of plan.hosts) entries.push([host, certificate]);
  }
  return new HostTable(entries, { wildcardLabels: "one" });
}

function bindCertificate(
  { chainPem, key: keyName }: GatewayCertificatePlan,
  keyPemOf: KeyPemOf,
): GatewayCertificate | string {
  const keyPem = keyPemOf(keyName);
  if (keyPem === undefined) return `there is no key "${keyName}"`;
  const key = attempt(() => createPrivateKey(keyPem));
  if (!key) return `the key "${keyName}" is damaged`;
  const fault = faultOf(chainPem, key);
  if (fault !== undefined) return fault;
  const material = { cert: chainPem, key: keyPem };
  const context = attempt(() => createSecureContext({ ...gatewayTlsSettings(), ...material }));
  return context ? { ...material, context } : "its chain is damaged";
}

function faultOf(chainPem: string, key: KeyObject): string | undefined {
  const leaf = attempt(() => new X509Certificate(chainPem));
  if (!leaf) return "it is damaged";
  return leaf.checkPrivateKey(key) ? undefined : "it belongs to another key";
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
