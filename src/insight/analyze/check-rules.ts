// Rules that can't do what they say, each by itself: weights that choose nothing, a backend twice,
// a try that may take longer than the whole request.

import { diagnose } from "#compile/diagnose.ts";
import { serviceText } from "#compile/service-text.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteBackend, RouteRule } from "#ir/route.ts";

export function checkRules(routes: readonly HttpRoute[]): Diagnostic[] {
  return routes.flatMap((route) =>
    route.rules.flatMap((rule) => {
      const title = `${refText(rule.origin.ref)} rule ${rule.index}`;
      return [...checkWeights(rule, title), ...checkTwice(rule, title), ...checkTimes(rule, title)];
    }),
  );
}

function checkWeights({ backends, reply, origin }: RouteRule, title: string): Diagnostic[] {
  if (reply || backends.some(({ weight }) => weight > 0)) return [];
  const has = backends.length === 0 ? "has no backend" : "gives all its backends the weight 0";
  return [
    diagnose({
      code: "WEFT222",
      severity: "warning",
      message: `${title} ${has}: its requests are answered with backend-invalid`,
      remedy: "Give one backend a weight above 0, or let the rule redirect or answer by itself.",
      origin,
    }),
  ];
}

function checkTwice({ backends, origin }: RouteRule, title: string): Diagnostic[] {
  const names = backends.flatMap((backend) => nameOf(backend) ?? []);
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  return twice.map((name) =>
    diagnose({
      code: "WEFT223",
      severity: "warning",
      message: `${title} names ${name} more than once`,
      remedy: "Add up the weights of the two, or correct one of them.",
      origin,
    }),
  );
}

// Undefined: what it is changed to on its way tells it from another one.
function nameOf(backend: RouteBackend): string | undefined {
  if (backend.kind !== "service" || backend.shape) return undefined;
  const { service, subset, port } = backend;
  const part = subset === undefined ? "" : ` subset ${subset}`;
  return `${serviceText(service)}${part}${port ? ` port ${port}` : ""}`;
}

function checkTimes({ traffic, origin }: RouteRule, title: string): Diagnostic[] {
  const { requestMs = 0, tryMs = 0 } = traffic?.timeouts ?? {};
  const attempts = traffic?.retry?.attempts ?? 0;
  if (requestMs === 0 || tryMs < requestMs || attempts === 0) return [];
  return [
    diagnose({
      code: "WEFT224",
      severity: "warning",
      message:
        `${title} gives each try ${tryMs} ms and the whole request ${requestMs} ms: ` +
        "a try that takes too long is never followed by another",
      remedy: "Make the time of a try smaller than that of the request.",
      origin,
    }),
  ];
}
