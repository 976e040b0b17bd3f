// spec.dependencies of a Workload: what the process dials.

import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { Dependency, ServiceRef } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";

export function readDependencies(spec: FieldReader, namespace: string): readonly Dependency[] {
  return spec.list("dependencies").flatMap((reader) => {
    const dependency = readDependency(reader, namespace);
    return dependency ? [dependency] : [];
  });
}

function readDependency(reader: FieldReader, namespace: string): Dependency | undefined {
  reader.require("service", "a service's name");
  reader.require("port", "the port of the service");
  const text = reader.text("service");
  const port = reader.integer("port", 1, 65_535);
  const protocol = reader.choice("protocol", ["http", "tcp"]) ?? "http";
  const service = text === undefined ? undefined : serviceName(text, namespace);
  if (text !== undefined && !service) {
    const expected = '"name", "name.namespace", or a host that a ServiceEntry declares';
    reader.invalid("service", expected);
  }
  if (!service || port === undefined || !reader.finish()) return undefined;
  return { service, port, protocol };
}

function serviceName(text: string, namespace: string): ServiceRef | undefined {
  const [name = "", space = namespace, ...more] = text.split(".");
  if (more.length === 0 && isDnsLabel(name) && isDnsLabel(space)) {
    return { namespace: space, name, ...(text.includes(".") && { host: text }) };
  }
  return isHostName(text, "names") ? { namespace, name: text, host: text } : undefined;
}
