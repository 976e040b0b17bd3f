// http[].route[] of a VirtualService: where the requests go, and how many of them.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend } from "#ir/route.ts";
import { readHeaders } from "./headers.ts";
import { HOST_EXPECTED, serviceOfHost } from "./host.ts";

const WEIGHT_MAX = 1_000_000;

export function readDestinations(
  rule: FieldReader,
  namespace: string,
  of: "requests" | "connections" = "requests",
): readonly RouteBackend[] {
  const readers = rule.list("route");
  // One destination gets everything. Of several, those without a weight get nothing.
  const isOnly = readers.length === 1;
  const backends = readers.map((reader) => readDestination(reader, isOnly, namespace, of));
  const isSound = backends.length > 0 && readers.every((reader) => reader.isSound);
  if (!isOnly && isSound && backends.every(({ weight }) => weight === 0)) {
    rule.invalid("route", "a list in which at least one destination has a weight");
  }
  return backends;
}

function readDestination(
  reader: FieldReader,
  isOnly: boolean,
  namespace: string,
  of: "requests" | "connections",
): RouteBackend {
  const written = reader.integer("weight", 0, WEIGHT_MAX);
  const weight = isOnly ? 100 : (written ?? 0);
  const shape = of === "requests" ? readHeaders(reader) : undefined;
  reader.require("destination", "the service that gets the requests");
  const destination = reader.object("destination");
  const backend = destination && readService(destination, namespace);
  // The share of a destination that can't be read is answered with an error, not given to others.
  if (!backend || !destination?.finish()) {
    const { position } = reader.origin;
    const where = position ? ` (${position.file}:${position.line})` : "";
    return { kind: "invalid", reason: `The destination cannot be used${where}`, weight };
  }
  return { ...backend, weight, origin: reader.origin, ...(shape && { shape }) };
}

// Of a mirror; undefined where it can't be read, and is reported.
export function readMirrorDestination(
  destination: FieldReader,
  namespace: string,
): RouteBackend | undefined {
  const backend = readService(destination, namespace);
  if (!backend || !destination.finish()) return undefined;
  return { ...backend, weight: 1, origin: destination.origin };
}

function readService(destination: FieldReader, namespace: string) {
  if (destination.isSound) destination.require("host", HOST_EXPECTED);
  const host = destination.text("host", HOST_EXPECTED);
  const subset = destination.text("subset");
  const port = destination.object("port");
  const number = port?.integer("number", 1, 65_535);
  if (port?.isSound) port.require("number", "a port number");
  if (host === undefined) return undefined;
  const service = serviceOfHost(host, namespace);
  if (!service) destination.invalid("host", HOST_EXPECTED);
  return service && { kind: "service" as const, service, port: number, subset };
}
