// What a person who is woken at night would look at first.

import type { MeshView } from "#api/mesh-view.ts";
import { durationText } from "#dashboard/text/duration-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { askedPlace, servicePlace, workloadPlace } from "#dashboard/way/place.ts";
import { toneOf } from "./tone.ts";

export type Concern = {
  readonly key: string;
  readonly tone: "bad" | "warn";
  readonly what: string;
  readonly href: string;
};

const CERTIFICATE_NEAR_MS = 3_600_000;
const CONCERNS_MAX = 20;

// The worst first.
export function attentionOf(view: MeshView): readonly Concern[] {
  const all = [
    ...checks(view),
    ...workloads(view),
    ...unmeshed(view),
    ...routes(view),
    ...edges(view),
    ...documents(view),
  ];
  return all
    .sort((a, b) => Number(a.tone === "warn") - Number(b.tone === "warn"))
    .slice(0, CONCERNS_MAX);
}

// What the control plane says of itself and of certificates.
function checks(view: MeshView): readonly Concern[] {
  return view.checks.map(({ name, state, detail }) => {
    const tone = state === "failure" ? ("bad" as const) : ("warn" as const);
    const what = detail === "" ? `Not so: ${name}` : `Not so: ${name}. ${detail}`;
    return { key: `check ${name}`, tone, what, href: "#/" };
  });
}

function workloads(view: MeshView): readonly Concern[] {
  return view.workloads.flatMap((row) => {
    const { namespace, name, isMeshed, isReady, certificateExpiresAtMs, revision } = row;
    const href = workloadPlace(row);
    const key = `workload ${namespace}/${name}`;
    const concern = (tone: Concern["tone"], what: string) => [{ key, tone, what, href }];
    if (!isMeshed) return concern("bad", `${name} has no proxy that is connected`);
    if (!isReady) return concern("bad", `${name} does not pass its probe`);
    const leftMs = (certificateExpiresAtMs ?? Number.POSITIVE_INFINITY) - view.atMs;
    if (leftMs < CERTIFICATE_NEAR_MS) {
      return concern("bad", `The certificate of ${name} ends in ${durationText(leftMs)}`);
    }
    const behind = view.status.revision - (revision ?? view.status.revision);
    return behind > 1 ? concern("warn", `${name} is ${behind} revisions behind`) : [];
  });
}

// What was left out on purpose is in its own panel.
function unmeshed(view: MeshView): readonly Concern[] {
  return view.unmeshed.flatMap(({ namespace, name, kind, reason }) => {
    if (reason !== "started-before") return [];
    const what = `${kind} ${namespace}/${name} should have a proxy: it has pods without one`;
    return [
      {
        key: `unmeshed ${kind} ${namespace}/${name}`,
        tone: "warn" as const,
        what,
        href: "#unmeshed",
      },
    ];
  });
}

function routes(view: MeshView): readonly Concern[] {
  return view.routes.flatMap(({ service, route, rule, backend, successRate }) => {
    const tone = toneOf(successRate);
    if (tone !== "bad" && tone !== "warn") return [];
    const of = backend === "" ? "" : ` to ${backend}`;
    const what = `${shareText(successRate)} success of ${service.name}, ${route} rule ${rule}${of}`;
    return [{ key: `route ${what}`, tone, what, href: servicePlace(service) }];
  });
}

function edges(view: MeshView): readonly Concern[] {
  return view.edges.flatMap(({ isSecured, source, destination }) => {
    if (isSecured || destination.workload === "") return [];
    const what = `${source.workload || "Somebody"} talks to ${destination.workload} in plain text`;
    return [{ key: `edge ${what}`, tone: "warn" as const, what, href: "#/graph" }];
  });
}

function documents(view: MeshView): readonly Concern[] {
  return view.diagnostics.flatMap(({ severity, message, position }) => {
    if (severity === "info") return [];
    const file = position?.file;
    const href = askedPlace("configure", { file });
    const where = position ? `${position.file}:${position.line} ` : "";
    const tone = severity === "error" ? ("bad" as const) : ("warn" as const);
    return [{ key: `document ${where}${message}`, tone, what: `${where}${message}`, href }];
  });
}
