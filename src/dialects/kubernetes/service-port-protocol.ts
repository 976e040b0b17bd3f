// What a port of a Service speaks: appProtocol says it, else the port's name, else nobody does.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Protocol } from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { protocolOfPortName } from "#ir/protocol-of-port-name.ts";
import { PROTOCOL_WORDS } from "#ir/protocol-words.ts";

// https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
const APP_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ...PROTOCOL_WORDS,
  ["kubernetes.io/h2c", "http2"],
  ["kubernetes.io/ws", "http"],
  ["kubernetes.io/wss", "tcp"],
]);

export function servicePortProtocol(port: FieldReader, name: string): Protocol {
  const said = port.text("appProtocol");
  if (said === undefined) return protocolOfPortName(name);
  const known = APP_PROTOCOLS.get(said.toLowerCase());
  if (known !== undefined) return known;
  const near = nearestName(said, APP_PROTOCOLS.keys());
  const remedy =
    near === undefined
      ? 'Use "http", "grpc" or "tcp", or leave it out: then the first bytes tell.'
      : `Did you mean "${near}"?`;
  port.report(["appProtocol"], {
    severity: "warning",
    code: "WEFT104",
    message: `The protocol "${said}" is not known: the port carries plain TCP`,
    remedy,
  });
  return "tcp";
}
