// A manifest as YAML.

import { stringify } from "yaml";

// YAML 1.1 is what kubectl and Helm read: there `no`, `on` and `0o7` are no texts.
export function manifestText(object: unknown): string {
  return stringify(object, { version: "1.1", aliasDuplicateObjects: false, lineWidth: 0 });
}
