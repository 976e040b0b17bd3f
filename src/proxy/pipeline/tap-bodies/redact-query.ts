// An address, or what is written like its query, without the values of secret parameters.

import { redactParameter } from "./redact-parameter.ts";
import type { SecretNames } from "./secret-names.ts";

export function redactQuery(address: string, names: SecretNames): string {
  if (!address.includes("=")) return address;
  const parts = address.split(/([?&#])/);
  return parts.map((part) => redactParameter(part, names)).join("");
}
