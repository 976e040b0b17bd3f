// What a reference to a backend names. If its namespace allows that is for compiling to find out:
// it takes another object.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Name } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";

export type BackendObject = { readonly service: Name; readonly port: number };

// Or why there is none. `consequence`: what a kind that can't be one leads to.
export function readBackendObject(
  reader: FieldReader,
  namespace: string,
  consequence = "its requests get an error",
): BackendObject | string {
  const group = reader.text("group") ?? "";
  const kind = reader.text("kind") ?? "Service";
  const space = reader.text("namespace") ?? namespace;
  reader.require("name", "the service's name");
  const name = reader.text("name");
  const port = reader.integer("port", 1, 65_535);
  if (kind !== "Service" || (group !== "" && group !== "core")) {
    const what = group === "" ? kind : `${kind} (${group})`;
    const message = `Not supported: a ${what} as backend, ${consequence}`;
    reader.report(["kind"], { severity: "error", code: "WEFT104", message });
    return `A ${kind} cannot be a backend yet`;
  }
  if (!reader.has("port")) reader.require("port", "the port of the service");
  if (name !== undefined && !isDnsLabel(name)) reader.invalid("name", "the name of a Service");
  if (!isDnsLabel(space)) reader.invalid("namespace", "the name of a namespace");
  if (name === undefined || !reader.isSound || port === undefined) {
    return "The backend cannot be read";
  }
  return { service: { namespace: space, name }, port };
}
