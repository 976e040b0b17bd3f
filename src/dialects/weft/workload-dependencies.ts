// spec.dependencies of a Workload: what the process dials.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Dependency, Name } from "#ir/model.ts";
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
    reader.invalid("service", '"name", or "name.namespace" for one in another namespace');
  }
  if (!service || port === undefined || !reader.finish()) return undefined;
  return { service, port, protocol };
}

function serviceName(text: string, namespace: string): Name | undefined {
  const [name = "", space = namespace, ...more] = text.split(".");
  const isName = more.length === 0 && isDnsLabel(name) && isDnsLabel(space);
  return isName ? { namespace: space, name } : undefined;
}
