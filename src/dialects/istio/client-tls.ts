// trafficPolicy.tls of a DestinationRule: what is spoken to endpoints outside the mesh.

import type { ServerIdentity, TlsOrigination } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";

const MODES = ["DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"] as const;
const FILES = ["clientCertificate", "privateKey", "caCertificates", "caCrl"] as const;

export function readClientTls(policy: FieldReader): TlsOrigination | undefined {
  const reader = policy.object("tls");
  if (!reader) return undefined;
  const written = reader.choice("mode", MODES);
  const mode = written ?? "DISABLE";
  const server = readServer(reader);
  const [certificateFile, keyFile, caFile, crlFile] = FILES.map((name) => readPath(reader, name));
  const isUnverified = reader.flag("insecureSkipVerify") ?? false;
  const credential = reader.text("credentialName");
  const asFile = "there are no secrets here, only files";
  reader.unsupported("error", asFile, "caCertCredentialName");
  // A slip of the keyboard must not send in plain what was to be encrypted.
  if (reader.has("mode") && written === undefined) {
    return { kind: "invalid", reason: "The mode of TLS cannot be read" };
  }
  if (mode === "DISABLE") return { kind: "none" };
  if (mode === "ISTIO_MUTUAL") return orRefused(reader, readMesh(reader, server));
  if (credential !== undefined) return missingSecret(reader, credential);
  if (mode === "MUTUAL") {
    reader.require("clientCertificate", "the path of a certificate where the mode is MUTUAL");
    reader.require("privateKey", "the path of a key where the mode is MUTUAL");
  }
  return orRefused(reader, {
    ...{ kind: "tls", ...server },
    ...(caFile !== undefined && { caFile }),
    ...(crlFile !== undefined && { crlFile }),
    ...(mode === "MUTUAL" && certificateFile !== undefined && { certificateFile }),
    ...(mode === "MUTUAL" && keyFile !== undefined && { keyFile }),
    ...(isUnverified && { isUnverified: true }),
  });
}

// Without the part that can't be read it might believe more than was meant.
function orRefused(reader: FieldReader, tls: TlsOrigination): TlsOrigination {
  if (reader.finish()) return tls;
  return { kind: "invalid", reason: "The settings of TLS cannot be read" };
}

function readServer(reader: FieldReader): ServerIdentity {
  const serverName = reader.text("sni")?.toLowerCase();
  if (serverName !== undefined && !isHostName(serverName, "names")) {
    reader.invalid("sni", "the name of a host");
  }
  const certificateNames = reader.texts("subjectAltNames");
  return {
    ...(serverName !== undefined && { serverName }),
    ...(certificateNames.length > 0 && { certificateNames }),
  };
}

function readMesh(reader: FieldReader, server: ServerIdentity): TlsOrigination {
  for (const name of [...FILES, "credentialName", "insecureSkipVerify"]) {
    if (reader.has(name)) reader.invalid(name, "absent where the mode is ISTIO_MUTUAL");
  }
  return { kind: "mesh", ...server };
}

function missingSecret(reader: FieldReader, credential: string): TlsOrigination {
  for (const name of FILES) {
    if (reader.has(name)) reader.invalid(name, "absent beside credentialName");
  }
  reader.report(["credentialName"], {
    severity: "error",
    code: "WEFT201",
    message: `There is no secret "${credential}": requests to these endpoints get an error`,
    remedy: "Name files of the proxy's machine: caCertificates, clientCertificate, privateKey.",
  });
  return { kind: "invalid", reason: `The secret "${credential}" does not exist` };
}

function readPath(reader: FieldReader, name: string): string | undefined {
  const path = reader.text(name);
  if (path === undefined || (path.startsWith("/") && !path.includes("\0"))) return path;
  reader.invalid(name, "the path of a file, from the root on");
  return undefined;
}
