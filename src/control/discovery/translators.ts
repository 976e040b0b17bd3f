// Which dialect reads which kind, in which versions.

import { translateGrpcRoute } from "#dialects/gateway-api/grpc-route.ts";
import { translateHttpRoute } from "#dialects/gateway-api/http-route.ts";
import { translateReferenceGrant } from "#dialects/gateway-api/reference-grant.ts";
import { translateTcpRoute } from "#dialects/gateway-api/tcp-route.ts";
import { translateTlsRoute } from "#dialects/gateway-api/tls-route.ts";
import { translateDestinationRule } from "#dialects/istio/destination-rule.ts";
import { translatePeerAuthentication } from "#dialects/istio/peer-authentication.ts";
import { translateServiceEntry } from "#dialects/istio/service-entry.ts";
import { translateSidecar } from "#dialects/istio/sidecar.ts";
import { translateTelemetry } from "#dialects/istio/telemetry/telemetry.ts";
import { translateVirtualService } from "#dialects/istio/virtual-service.ts";
import { translateWorkloadEntry } from "#dialects/istio/workload-entry.ts";
import { translateEndpointSlice } from "#dialects/kubernetes/endpoint-slice.ts";
import { translateNamespace } from "#dialects/kubernetes/namespace.ts";
import { translateService } from "#dialects/kubernetes/service.ts";
import { translateServiceAccount } from "#dialects/kubernetes/service-account.ts";
import { translateFaultInjection } from "#dialects/weft/fault-injection.ts";
import { translateMeshConfig } from "#dialects/weft/mesh-config.ts";
import { translateWorkload } from "#dialects/weft/workload.ts";
import type { Document } from "#ir/document.ts";
import type { Translation } from "#ir/translation.ts";

export type Translator = {
  readonly versions: readonly string[];
  readonly translate: (document: Document) => Translation;
};

const CORE = ["v1"];
const GATEWAY = ["v1", "v1beta1"];
const TLS = ["v1", "v1alpha3", "v1alpha2"];
const TCP = ["v1", "v1alpha2"];
const ISTIO = ["v1", "v1beta1", "v1alpha3"];
const OURS = ["v1alpha1"];

// By group and kind.
const TRANSLATORS: ReadonlyMap<string, Translator> = new Map([
  ["/Namespace", { versions: CORE, translate: translateNamespace }],
  ["/Service", { versions: CORE, translate: translateService }],
  ["/ServiceAccount", { versions: CORE, translate: translateServiceAccount }],
  ["discovery.k8s.io/EndpointSlice", { versions: CORE, translate: translateEndpointSlice }],
  ["weft.dev/Workload", { versions: OURS, translate: translateWorkload }],
  ["weft.dev/FaultInjection", { versions: OURS, translate: translateFaultInjection }],
  ["weft.dev/MeshConfig", { versions: OURS, translate: translateMeshConfig }],
  ["gateway.networking.k8s.io/HTTPRoute", { versions: GATEWAY, translate: translateHttpRoute }],
  ["gateway.networking.k8s.io/GRPCRoute", { versions: ["v1"], translate: translateGrpcRoute }],
  ["gateway.networking.k8s.io/TLSRoute", { versions: TLS, translate: translateTlsRoute }],
  ["gateway.networking.k8s.io/TCPRoute", { versions: TCP, translate: translateTcpRoute }],
  [
    "gateway.networking.k8s.io/ReferenceGrant",
    { versions: GATEWAY, translate: translateReferenceGrant },
  ],
  ["networking.istio.io/VirtualService", { versions: ISTIO, translate: translateVirtualService }],
  ["networking.istio.io/DestinationRule", { versions: ISTIO, translate: translateDestinationRule }],
  ["networking.istio.io/ServiceEntry", { versions: ISTIO, translate: translateServiceEntry }],
  ["networking.istio.io/WorkloadEntry", { versions: ISTIO, translate: translateWorkloadEntry }],
  [
    "security.istio.io/PeerAuthentication",
    { versions: ["v1", "v1beta1"], translate: translatePeerAuthentication },
  ],
  ["networking.istio.io/Sidecar", { versions: ISTIO, translate: translateSidecar }],
  ["telemetry.istio.io/Telemetry", { versions: ["v1", "v1alpha1"], translate: translateTelemetry }],
]);

export function translatorOf(group: string, kind: string): Translator | undefined {
  return TRANSLATORS.get(`${group}/${kind}`);
}

// What the dialects read, for whoever has to ask for it.
export function readableKinds() {
  return [...TRANSLATORS].map(([name, { versions }]) => {
    const slash = name.indexOf("/");
    return { group: name.slice(0, slash), kind: name.slice(slash + 1), versions };
  });
}

// "group/kind" of all.
export function translatedKinds(): readonly string[] {
  return [...TRANSLATORS.keys()];
}
