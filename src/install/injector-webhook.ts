// Who asks the injector: pods that shall have a sidecar, and nobody else. Each entry is an
// alternative; a pod that several concern is injected once, for it bears a mark after the first.
//
// Without an answer such a pod isn't made (`Fail`): it would run outside the mesh, unseen. That
// must never stop the cluster itself, so no entry concerns Kubernetes' own namespaces or ours.
//
// The certificate authority of the server (caBundle) is written by the control plane, which makes
// the certificate and renews it.

import { NAMESPACE_WORDS, POD_WORDS } from "#control/kubernetes/injection/injection-asked.ts";
import { SYSTEM_NAMESPACES } from "#control/kubernetes/injection/names.ts";
import { CONTROL_LABELS, NAMES } from "./names.ts";
import { type Manifest, type Template, value } from "./template.ts";

const NOT_SYSTEM = {
  key: "kubernetes.io/metadata.name",
  operator: "NotIn",
  values: SYSTEM_NAMESPACES,
};
// A pod's own word goes before its namespace's: what of it a selector can see saves a call.
const NOT_DECLINED = POD_WORDS.map(({ name, no }) => ({
  key: name,
  operator: "NotIn",
  values: no,
}));

const COMMON = {
  admissionReviewVersions: ["v1"],
  clientConfig: {
    service: { name: NAMES.control, namespace: NAMES.namespace, path: "/inject", port: 443 },
  },
  failurePolicy: value("injector.failurePolicy"),
  matchPolicy: "Equivalent",
  reinvocationPolicy: "IfNeeded",
  rules: [
    {
      ...{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] },
      operations: ["CREATE"],
      scope: "Namespaced",
    },
  ],
  sideEffects: "None",
  timeoutSeconds: value("injector.timeoutSeconds"),
};

export function injectorWebhook(): Manifest {
  return {
    object: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: NAMES.injector, labels: CONTROL_LABELS },
      webhooks: [...NAMESPACE_WORDS.map(ofNamespaces), ofPods()],
    },
  };
}

function ofNamespaces({ name, yes }: (typeof NAMESPACE_WORDS)[number]): Template {
  const wanted = { key: name, operator: "In", values: yes };
  return {
    name: `${name.replace("/", ".")}.namespace.injector.weft.dev`,
    ...COMMON,
    namespaceSelector: { matchExpressions: [NOT_SYSTEM, wanted] },
    objectSelector: { matchExpressions: NOT_DECLINED },
  };
}

// Selectors see labels only, so that annotations are matched by an expression.
function ofPods(): Template {
  const expression = POD_WORDS.flatMap((word) => ["labels", "annotations"].map(asks(word)));
  return {
    name: "pod.injector.weft.dev",
    ...COMMON,
    namespaceSelector: { matchExpressions: [NOT_SYSTEM] },
    objectSelector: {},
    matchConditions: [{ name: "pod-asks", expression: expression.join(" ||\n") }],
  };
}

function asks({ name, yes }: (typeof POD_WORDS)[number]): (field: string) => string {
  const values = yes.map((each) => `'${each}'`).join(", ");
  return (field) =>
    `(has(object.metadata.${field}) && '${name}' in object.metadata.${field} && ` +
    `object.metadata.${field}['${name}'] in [${values}])`;
}
