// The labels of a series as Istio, Linkerd and Weft call them. Built for each series at its
// first scrape, and anew when the workload's own labels change.

import { ANSWERS } from "#proxy/exchange/answers.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { DELAYED } from "./delayed.ts";
import { type Label, labelText } from "./label-text.ts";
import type { Outcome } from "./outcome.ts";
import type { SeriesSlot } from "./series-slot.ts";

export type SeriesLabelTexts = {
  readonly istio: string;
  readonly linkerd: string;
  readonly route: string;
};

export class SeriesLabels {
  #workload: WorkloadPlan | undefined;
  #known = new WeakMap<SeriesSlot, SeriesLabelTexts>();

  // Before `of`, at each scrape.
  speakFor(workload: WorkloadPlan): void {
    if (workload !== this.#workload) this.#known = new WeakMap();
    this.#workload = workload;
  }

  of(slot: SeriesSlot): SeriesLabelTexts {
    const known = this.#known.get(slot);
    if (known) return known;
    const workload = this.#workload!;
    const texts = {
      istio: labelText(istioLabels(slot.key, workload)),
      linkerd: labelText(linkerdLabels(slot.key, workload)),
      route: labelText(routeLabels(slot.key)),
    };
    this.#known.set(slot, texts);
    return texts;
  }
}

export function istioOutcome({ status, cause, grpcStatus }: Outcome): string {
  return labelText([
    ["request_protocol", grpcStatus === "" ? "http" : "grpc"],
    ["response_code", String(status)],
    ["response_flags", flagOf(cause)],
    ["grpc_response_status", grpcStatus],
  ]);
}

export function linkerdOutcome({ status, grpcStatus, isSuccess }: Outcome): string {
  return labelText([
    ["status_code", String(status)],
    ...(grpcStatus === "" ? [] : [["grpc_status_code", grpcStatus] as const]),
    ["classification", isSuccess ? "success" : "failure"],
  ]);
}

export function routeOutcome({ status }: Outcome): string {
  return labelText([["response_code", String(status)]]);
}

export function flagOf(cause: string): string {
  if (cause === DELAYED) return "DI";
  return cause in ANSWERS ? ANSWERS[cause as keyof typeof ANSWERS].flag : "-";
}

function istioLabels(key: SeriesKey, self: WorkloadPlan): readonly Label[] {
  const isSource = key.reporter === "source";
  return [
    ["reporter", key.reporter],
    ...istioSide("source", {
      workload: key.sourceWorkload,
      namespace: key.sourceNamespace,
      identity: key.sourceIdentity,
      self: isSource ? self : undefined,
    }),
    ...istioSide("destination", {
      workload: key.destinationWorkload,
      namespace: key.destinationNamespace,
      identity: key.destinationIdentity,
      self: isSource ? undefined : self,
    }),
    ["destination_service", orUnknown(serviceName(key))],
    ["destination_service_name", orUnknown(key.destinationService)],
    ["destination_service_namespace", orUnknown(key.destinationServiceNamespace)],
    ["connection_security_policy", key.isMutualTls ? "mutual_tls" : "none"],
  ];
}

type Side = {
  readonly workload: string;
  readonly namespace: string;
  readonly identity: string;
  readonly self: WorkloadPlan | undefined; // of peers we know no labels
};

function istioSide(name: "source" | "destination", side: Side): readonly Label[] {
  const { workload, namespace, identity, self } = side;
  return [
    [`${name}_workload`, orUnknown(workload)],
    [`${name}_workload_namespace`, orUnknown(namespace)],
    [`${name}_principal`, orUnknown(identity)],
    [`${name}_app`, orUnknown(self?.app ?? "")],
    [`${name}_version`, orUnknown(self?.version ?? "")],
    [`${name}_canonical_service`, orUnknown(self?.app ?? workload)],
    [`${name}_canonical_revision`, self?.version || "latest"],
    [`${name}_cluster`, "unknown"],
  ];
}

// Linkerd's proxy does not name itself: Prometheus adds `namespace` and `deployment` when it finds
// a pod. Here nobody does, so we say them.
function linkerdLabels(key: SeriesKey, self: WorkloadPlan): readonly Label[] {
  const own: readonly Label[] = [
    ["namespace", self.namespace],
    ["deployment", self.name],
    ["tls", key.isMutualTls ? "true" : "no_identity"],
  ];
  if (key.reporter === "destination") {
    return [["direction", "inbound"], ...own, ["client_id", key.sourceIdentity]];
  }
  return [
    ["direction", "outbound"],
    ...own,
    ["authority", key.destinationPort === 0 ? "" : `${serviceName(key)}:${key.destinationPort}`],
    ["dst_namespace", key.destinationServiceNamespace],
    ["dst_service", key.destinationService],
    ["dst_deployment", key.destinationWorkload],
    ["server_id", key.destinationIdentity],
  ];
}

function routeLabels(key: SeriesKey): readonly Label[] {
  return [
    ["reporter", key.reporter],
    ["destination_service_namespace", key.destinationServiceNamespace],
    ["destination_service", key.destinationService],
    ["destination_port", String(key.destinationPort)],
    ["route", key.route],
    ["backend", key.backend],
  ];
}

function serviceName(key: SeriesKey): string {
  if (key.destinationService === "") return "";
  return `${key.destinationService}.${key.destinationServiceNamespace}.svc.cluster.local`;
}

function orUnknown(value: string): string {
  return value === "" ? "unknown" : value;
}
