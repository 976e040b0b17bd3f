// What of requests may be told to those who watch, as documents say, and what never may.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { TapBodies, TapPlan } from "#snapshot/tap-plan.ts";
import { redactQuery } from "./tap-bodies/redact-query.ts";
import { REDACTED } from "./tap-bodies/redacted.ts";
import { SecretNames } from "./tap-bodies/secret-names.ts";

const SECRET_HEADERS: readonly string[] = [
  ...["authorization", "proxy-authorization", "cookie", "set-cookie"],
  ...["x-api-key", "x-auth-token", "x-csrf-token", "x-amz-security-token"],
];
// Their values have queries of their own.
const ADDRESS_HEADERS: ReadonlySet<string> = new Set([
  ...["referer", "location", "content-location", "refresh", "link"],
]);

export class TapPolicy {
  readonly bodies: TapBodies;
  readonly names: SecretNames;
  readonly #headers: ReadonlySet<string>;

  constructor({ bodies, headers, fields }: TapPlan = { bodies: "none", headers: [], fields: [] }) {
    this.bodies = bodies;
    this.names = new SecretNames(fields);
    this.#headers = new Set([...SECRET_HEADERS, ...headers]);
  }

  headers(headers: Headers): [name: string, value: string][] {
    const told: [string, string][] = [];
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      told.push([name, this.#value(name, headers[i + 1]!)]);
    }
    return told;
  }

  path(path: string): string {
    return redactQuery(path, this.names);
  }

  #value(name: string, value: string): string {
    if (this.#headers.has(name) || this.names.hasField(name)) return REDACTED;
    return ADDRESS_HEADERS.has(name) ? redactQuery(value, this.names) : value;
  }
}
