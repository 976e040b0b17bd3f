// Who a workload is: spiffe://<trust domain>/ns/<namespace>/sa/<service account>.
//
// One spelling for each identity, so that two of them are the same exactly if their texts are. The
// parser is therefore stricter than SPIFFE: no upper case, no percent-encoding, no query, no other
// path. What it refuses is nobody.

import assert from "node:assert/strict";

export type SpiffeId = {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly serviceAccount: string;
};

const SCHEME = "spiffe://";
const TEXT_LENGTH_MAX = 1024;
const TRUST_DOMAIN_LENGTH_MAX = 255;
const LABEL_LENGTH_MAX = 63;
const SUBDOMAIN_LENGTH_MAX = 253;

// Without anchors inside alternatives and without nested repetition: linear on any input.
const TRUST_DOMAIN = /^[a-z0-9._-]+$/;
const LABEL = /^[a-z0-9-]+$/;

export function parseSpiffeId(text: string): SpiffeId | undefined {
  if (text.length > TEXT_LENGTH_MAX || !text.startsWith(SCHEME)) return undefined;
  const parts = text.slice(SCHEME.length).split("/");
  const [trustDomain, ns, namespace, sa, serviceAccount] = parts;
  if (parts.length !== 5 || ns !== "ns" || sa !== "sa") return undefined;
  if (!isTrustDomain(trustDomain!) || !isLabel(namespace!)) return undefined;
  if (!isSubdomain(serviceAccount!)) return undefined;
  return { trustDomain: trustDomain!, namespace: namespace!, serviceAccount: serviceAccount! };
}

// Documents are validated long before: a name that can't be part of an identity is a bug here.
export function formatSpiffeId({ trustDomain, namespace, serviceAccount }: SpiffeId): string {
  const text = `${SCHEME}${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
  assert.ok(parseSpiffeId(text), `"${text}" is no identity`);
  return text;
}

function isTrustDomain(text: string): boolean {
  return text.length <= TRUST_DOMAIN_LENGTH_MAX && TRUST_DOMAIN.test(text);
}

// RFC 1123: what Kubernetes allows as the name of a namespace.
function isLabel(text: string): boolean {
  if (text.length > LABEL_LENGTH_MAX || !LABEL.test(text)) return false;
  return !text.startsWith("-") && !text.endsWith("-");
}

// Labels with dots between them: what Kubernetes allows as the name of a service account.
function isSubdomain(text: string): boolean {
  return text.length <= SUBDOMAIN_LENGTH_MAX && text.split(".").every(isLabel);
}
