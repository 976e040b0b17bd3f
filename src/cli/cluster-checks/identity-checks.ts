// weft-identity: the mesh's roots, as pods get them.

import { X509Certificate } from "node:crypto";
import type { Check, CheckCategory } from "#api/check-result.ts";
import { NAMES } from "#install/names.ts";
import { failed, passed, warned } from "./check-of.ts";
import { type CheckWorld, findObject, textIn } from "./check-world.ts";

const DAY_MS = 86_400_000;
const ROOT_WARNING_MS = 60 * DAY_MS;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const TRUST_PATH = `/api/v1/namespaces/${NAMES.namespace}/configmaps/${NAMES.trust}`;

export type IdentityFinding = {
  readonly category: CheckCategory;
  readonly roots: readonly X509Certificate[];
};

export async function identityChecks(world: CheckWorld): Promise<IdentityFinding> {
  const name = `ConfigMap ${NAMES.trust} has the mesh's roots`;
  const found = await findObject(world, TRUST_PATH);
  const hint = "The control plane's leader writes it: see its logs";
  const of = (roots: readonly X509Certificate[], ...checks: readonly Check[]) => {
    return { category: { name: "weft-identity", checks }, roots };
  };
  if (found.kind === "missing") return of([], failed(name, "there is none", hint));
  if (found.kind === "failed") return of([], failed(name, found.reason, hint));
  const roots = certificatesIn(textIn(found.object, "data", "roots.pem"));
  if (roots.length === 0) return of([], failed(name, "it has no certificate", hint));
  const lives = roots.map((root) => lifeCheck(root, world.wallMs));
  return of(roots, passed(name, `${roots.length}`), ...lives);
}

export function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(PEM) ?? []).flatMap((text) => {
    try {
      return [new X509Certificate(text)];
    } catch {
      return [];
    }
  });
}

function lifeCheck(root: X509Certificate, wallMs: number): Check {
  const name = "the root certificate is valid, and will be for 60 days";
  const leftMs = Date.parse(root.validTo) - wallMs;
  const detail = `until ${new Date(root.validTo).toISOString()}`;
  const hint = "Replace the root while it still is valid";
  if (leftMs > ROOT_WARNING_MS && Date.parse(root.validFrom) <= wallMs) return passed(name, detail);
  return leftMs > 0 ? warned(name, detail, hint) : failed(name, detail, hint);
}
