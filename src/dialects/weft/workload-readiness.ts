// spec.readiness of a Workload: how to see that the process can take requests. By default its
// first port accepts connections.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Readiness, WorkloadPort } from "#ir/model.ts";

export function readReadiness(spec: FieldReader, ports: readonly WorkloadPort[]): Readiness {
  const reader = spec.inside("readiness");
  const http = reader.object("http");
  const tcp = reader.object("tcp");
  if (http && tcp) reader.invalid("tcp", "absent beside http");
  const first = ports[0]?.name;
  const fallback: Readiness = first === undefined ? { kind: "none" } : { kind: "tcp", port: first };
  if (http) {
    const port = readPort(http, ports) ?? first;
    const path = readPath(http);
    return port === undefined || path === undefined ? fallback : { kind: "http", port, path };
  }
  if (!tcp) return fallback;
  const port = readPort(tcp, ports) ?? first;
  return port === undefined ? fallback : { kind: "tcp", port };
}

function readPort(reader: FieldReader, ports: readonly WorkloadPort[]): string | undefined {
  const wanted = reader.scalar("port");
  if (wanted === undefined) return undefined;
  const found = ports.find(({ name, port }) => name === wanted || (port !== 0 && port === wanted));
  if (found) return found.name;
  const names = ports.map(({ name }) => name).join(", ");
  reader.invalid("port", names === "" ? "declared in spec.ports" : `one of its ports: ${names}`);
  return undefined;
}

function readPath(reader: FieldReader): string | undefined {
  const path = reader.text("path") ?? "/";
  // It becomes part of a request line.
  const isPath = /^\/[\x21-\x7e]*$/.test(path);
  if (!isPath) reader.invalid("path", 'a path such as "/healthz", without spaces');
  return isPath ? path : undefined;
}
