// ports[] of a ServiceEntry.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Protocol, ServicePort } from "#ir/model.ts";
import { isMeshPort, NO_MESH_PORT } from "#ir/outside-target.ts";
import { protocolOfPortName } from "#ir/protocol-of-port-name.ts";
import { PROTOCOL_WORDS } from "#ir/protocol-words.ts";

// `target`: where its endpoints listen.
export type EntryPort = { readonly port: ServicePort; readonly target: number };

export function readEntryPorts(spec: FieldReader): readonly EntryPort[] {
  const ports: EntryPort[] = [];
  for (const reader of spec.list("ports")) {
    const port = readEntryPort(reader);
    if (!port) continue;
    const twin = ports.find((other) => isTwin(other, port));
    if (!twin) ports.push(port);
    else if (twin.port.port === port.port.port) {
      reader.invalid("number", "a port that no other entry has");
    } else reader.invalid("name", "a name that no other port has");
  }
  return ports;
}

function isTwin({ port: a }: EntryPort, { port: b }: EntryPort): boolean {
  return a.port === b.port || a.name === b.name;
}

function readEntryPort(reader: FieldReader): EntryPort | undefined {
  reader.require("number", "a port number");
  reader.require("name", "a name");
  const number = reader.integer("number", 1, 65_535);
  const name = reader.text("name") ?? "";
  const said = readProtocol(reader);
  const written = reader.integer("targetPort", 1, 65_535);
  if (number === undefined || !reader.finish()) return undefined;
  // Also of workloads that it selects: the port of that number.
  const target = written ?? number;
  if (isMeshPort(target)) {
    reader.invalid(written === undefined ? "number" : "targetPort", NO_MESH_PORT);
    return undefined;
  }
  const protocol = said?.protocol ?? protocolOfPortName(name);
  const isTls = said ? said.isTls : /^(https|tls)(-|$)/i.test(name);
  return {
    port: {
      ...{ name, port: number, targetPort: target, protocol },
      ...(isTls && { isTls: true as const }),
    },
    target,
  };
}

function readProtocol(
  reader: FieldReader,
): { readonly protocol: Protocol; readonly isTls: boolean } | undefined {
  const text = reader.text("protocol");
  if (text === undefined || text === "") return undefined;
  const word = text.toLowerCase();
  const known = PROTOCOL_WORDS.get(word);
  if (known !== undefined) {
    return { protocol: known, isTls: word === "tls" || word === "https" };
  }
  reader.invalid("protocol", "one of HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP, TLS");
  return undefined;
}
