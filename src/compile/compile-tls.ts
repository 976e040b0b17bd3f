// TLS to an endpoint outside the mesh, as a plan has it.

import type { TlsOrigination } from "#ir/destination-policy.ts";
import type { Service } from "#ir/model.ts";
import type { TlsPlan } from "#snapshot/tls-plan.ts";
import { hostOf } from "./host-of.ts";

// `identity`: that the endpoint is known to have, else "". Undefined: plaintext.
export function tlsPlan(
  service: Service,
  tls: TlsOrigination,
  identity: string,
): TlsPlan | undefined {
  if (tls.kind === "none" || tls.kind === "invalid") return undefined;
  const host = hostOf(service);
  // What was dialled below a pattern is put in its place then.
  const serverName = tls.serverName ?? (host.startsWith("*") ? "*" : host);
  const said = tls.certificateNames ?? service.certificateNames;
  if (tls.kind === "mesh") {
    const own = identity === "" ? [] : [identity];
    return { serverName, names: said ?? own, trust: "mesh" };
  }
  const { caFile, crlFile, certificateFile, keyFile, isUnverified } = tls;
  const hasCertificate = certificateFile !== undefined && keyFile !== undefined;
  return {
    serverName,
    names: said ?? [serverName],
    trust: caFile === undefined ? "well-known" : { file: caFile },
    ...(crlFile !== undefined && { crlFile }),
    ...(hasCertificate && { certificate: { file: certificateFile, keyFile } }),
    ...(isUnverified && { isUnverified }),
  };
}
