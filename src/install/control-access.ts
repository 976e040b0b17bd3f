// What the control plane may do in a cluster, and nothing else (RBAC). A test compares it with what
// the control plane asks an API server for.

import { CONTROL_LABELS, NAMES } from "./names.ts";
import type { Manifest } from "./template.ts";

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

const WATCH = ["list", "watch"];
// Before its status is written, an object is read once more; the injector looks up a namespace, and
// who reviews a token, its pod.
const GET = ["get", "list", "watch"];

// What it reads of the whole cluster. Their CRDs may be missing: they are watched once they exist.
export const READ: readonly Rule[] = [
  {
    apiGroups: [""],
    resources: ["namespaces", "pods"],
    verbs: GET,
  },
  { apiGroups: [""], resources: ["nodes", "serviceaccounts", "services"], verbs: WATCH },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: WATCH },
  {
    apiGroups: ["apiextensions.k8s.io"],
    resources: ["customresourcedefinitions"],
    verbs: WATCH,
  },
  {
    apiGroups: ["weft.dev"],
    resources: ["faultinjections", "meshconfigs", "workloads"],
    verbs: GET,
  },
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: ["grpcroutes", "httproutes", "tcproutes", "tlsroutes"],
    verbs: GET,
  },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["referencegrants"], verbs: WATCH },
  {
    apiGroups: ["networking.istio.io"],
    resources: [
      ...["destinationrules", "serviceentries", "sidecars"],
      ...["virtualservices", "workloadentries"],
    ],
    verbs: GET,
  },
  { apiGroups: ["security.istio.io"], resources: ["peerauthentications"], verbs: GET },
  { apiGroups: ["telemetry.istio.io"], resources: ["telemetries"], verbs: GET },
];

const STATUS = ["patch"];

// Where it says what became of an object.
export const STATUSES: readonly Rule[] = [
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: ["grpcroutes/status", "httproutes/status", "tcproutes/status", "tlsroutes/status"],
    verbs: STATUS,
  },
  {
    apiGroups: ["networking.istio.io"],
    resources: [
      ...["destinationrules/status", "serviceentries/status", "sidecars/status"],
      ...["virtualservices/status", "workloadentries/status"],
    ],
    verbs: STATUS,
  },
  {
    apiGroups: ["security.istio.io"],
    resources: ["peerauthentications/status"],
    verbs: STATUS,
  },
  { apiGroups: ["telemetry.istio.io"], resources: ["telemetries/status"], verbs: STATUS },
  {
    apiGroups: ["weft.dev"],
    resources: ["faultinjections/status", "meshconfigs/status", "workloads/status"],
    verbs: STATUS,
  },
];

// A proxy shows a token of its service account.
const IDENTITY: readonly Rule[] = [
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
];

// Whoever may create objects of a kind may do so under any name.
const OWN_OBJECTS: readonly Rule[] = [
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: [NAMES.trust],
    verbs: ["list", "watch", "patch"],
  },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations"],
    resourceNames: [NAMES.injector],
    verbs: ["list", "watch", "patch"],
  },
  // The owner of what it writes into others' namespaces.
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["clusterroles"],
    resourceNames: [NAMES.control],
    verbs: ["get"],
  },
];

const IN_OWN_NAMESPACE: readonly Rule[] = [
  { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
  {
    apiGroups: [""],
    resources: ["secrets"],
    resourceNames: [NAMES.ca, NAMES.admin],
    verbs: ["get"],
  },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [NAMES.lease],
    verbs: ["get", "update"],
  },
];

const RBAC_VERSION = "rbac.authorization.k8s.io/v1";
const SUBJECTS = [
  { kind: "ServiceAccount", name: NAMES.control, namespace: NAMES.namespace },
] as const;
const CLUSTER = { name: NAMES.control, labels: CONTROL_LABELS };
const LOCAL = { name: NAMES.control, namespace: NAMES.namespace, labels: CONTROL_LABELS };

export function controlAccess(): readonly Manifest[] {
  const clusterRules = [...READ, ...STATUSES, ...IDENTITY, ...OWN_OBJECTS];
  return [
    { object: { apiVersion: "v1", kind: "ServiceAccount", metadata: LOCAL } },
    {
      object: {
        ...{ apiVersion: RBAC_VERSION, kind: "ClusterRole", metadata: CLUSTER },
        rules: clusterRules,
      },
    },
    {
      object: {
        ...{ apiVersion: RBAC_VERSION, kind: "ClusterRoleBinding", metadata: CLUSTER },
        roleRef: roleRef("ClusterRole"),
        subjects: SUBJECTS,
      },
    },
    {
      object: {
        ...{ apiVersion: RBAC_VERSION, kind: "Role", metadata: LOCAL },
        rules: IN_OWN_NAMESPACE,
      },
    },
    {
      object: {
        ...{ apiVersion: RBAC_VERSION, kind: "RoleBinding", metadata: LOCAL },
        roleRef: roleRef("Role"),
        subjects: SUBJECTS,
      },
    },
  ];
}

function roleRef(kind: string) {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name: NAMES.control };
}
