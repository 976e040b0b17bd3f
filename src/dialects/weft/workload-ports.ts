// spec.ports of a Workload: where the process listens.

import type { FieldReader } from "#ir/field-reader.ts";
import type { WorkloadPort } from "#ir/model.ts";
import { protocolOfPortName } from "#ir/protocol-of-port-name.ts";
import { isDnsLabel } from "#ir/read-document.ts";

export function readPorts(spec: FieldReader): readonly WorkloadPort[] {
  const ports: WorkloadPort[] = [];
  for (const reader of spec.list("ports")) {
    const port = readPort(reader);
    if (!port) continue;
    if (ports.some(({ name }) => name === port.name)) {
      reader.invalid("name", "a name that no other port has");
    } else if (ports.some((other) => other.port === port.port)) {
      // Requests name the declared port; two without a number could not be told apart.
      const isOpen = port.port === 0;
      const only = isOpen ? "a number: only one port may be without" : "another number";
      reader.invalid("port", only);
    } else ports.push(port);
  }
  return ports;
}

function readPort(reader: FieldReader): WorkloadPort | undefined {
  reader.require("name", "a name such as http");
  const name = reader.text("name");
  const port = reader.integer("port", 0, 65_535) ?? 0;
  const said = reader.choice("protocol", ["http", "http2", "grpc", "tcp"]);
  const declared = said === "grpc" ? "http2" : said;
  if (name !== undefined && !isDnsLabel(name)) {
    reader.invalid("name", "lower-case letters, digits and dashes");
  }
  if (name === undefined || !reader.finish()) return undefined;
  return { name, port, protocol: declared ?? protocolOfPortName(name) };
}
