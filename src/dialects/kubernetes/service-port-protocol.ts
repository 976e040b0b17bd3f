// What a port of a Service speaks: appProtocol says it, else the port's name as Istio reads it
// ("http-api", "grpc"), else it is HTTP.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Protocol } from "#ir/model.ts";

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ["http", "http"],
  ["http2", "http2"],
  ["grpc", "http2"],
  ["grpc-web", "http"],
  ["h2c", "http2"],
  ["kubernetes.io/h2c", "http2"],
  ["kubernetes.io/ws", "http"],
  ["kubernetes.io/wss", "tcp"],
  ["tcp", "tcp"],
  ["https", "tcp"],
  ["tls", "tcp"],
  ["mongo", "tcp"],
  ["mysql", "tcp"],
  ["postgres", "tcp"],
  ["postgresql", "tcp"],
  ["redis", "tcp"],
]);

export function servicePortProtocol(port: FieldReader, name: string): Protocol {
  const said = port.text("appProtocol");
  if (said === undefined) return byName(name);
  const known = PROTOCOLS.get(said.toLowerCase());
  if (known !== undefined) return known;
  port.report(["appProtocol"], {
    severity: "warning",
    code: "WEFT104",
    message: `The protocol "${said}" is not known: the port carries plain TCP`,
    remedy: 'Use "http", "grpc" or "tcp".',
  });
  return "tcp";
}

function byName(name: string): Protocol {
  const [first = ""] = name.split("-", 1);
  return PROTOCOLS.get(name.startsWith("grpc-web") ? "grpc-web" : first) ?? "http";
}
