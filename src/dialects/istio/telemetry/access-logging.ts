// Telemetry's `accessLogging`: who writes lines, and of which requests. What a line says is the
// MeshConfig's matter.

import type { FieldReader } from "#ir/field-reader.ts";
import type { AccessLogOverride, Sides } from "#ir/telemetry-rule.ts";
import { parseFilter, UNDERSTOOD } from "./parse-filter.ts";
import { readSides, type Side } from "./read-sides.ts";

// Istio's name for what Envoy writes by itself.
const STDOUT = "envoy";

export function readAccessLogging(spec: FieldReader): Sides<AccessLogOverride> {
  const sides: Partial<Record<Side, AccessLogOverride>> = {};
  for (const entry of spec.list("accessLogging")) {
    const wanted = readSides(entry.object("match"));
    const isOff = entry.flag("disabled") === true;
    const filter = entry.object("filter");
    const override = isOff ? OFF : readFilter(filter);
    filter?.accept("expression");
    for (const provider of entry.list("providers")) readProvider(provider);
    // The last word counts.
    if (entry.isSound && override) for (const side of wanted) sides[side] = override;
  }
  return sides;
}

const OFF: AccessLogOverride = { kind: "off" };

function readFilter(filter: FieldReader | undefined): AccessLogOverride | undefined {
  const expression = filter?.text("expression", 'an expression, such as "response.code >= 400"');
  if (filter === undefined || expression === undefined || expression === "") return { kind: "on" };
  const reading = parseFilter(expression);
  if (reading.kind === "test") return { kind: "on", test: reading.test };
  filter.report(["expression"], {
    severity: "error",
    code: "WEFT104",
    message: `Not supported in an expression: ${reading.reason}. The entry has no effect`,
    remedy: `Of CEL this is understood: ${UNDERSTOOD}`,
  });
  return undefined;
}

function readProvider(provider: FieldReader): void {
  const name = provider.text("name");
  provider.require("name", `"${STDOUT}"`);
  if (name === undefined || name === STDOUT) return;
  provider.report(["name"], {
    severity: "warning",
    code: "WEFT104",
    message: `Not supported: lines go to the proxy's stdout ("${STDOUT}"), not to "${name}"`,
  });
}
