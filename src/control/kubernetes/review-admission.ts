// An AdmissionReview (admission.k8s.io/v1) of a pod that is being made, answered. Pure. The answer
// is always yes: what can't have a proxy is made without one, and whoever made it is told.

import type { JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import { type Injection, injectPod } from "./injection/inject-pod.ts";
import type { InjectorSettings } from "./injection/injector-settings.ts";
import { jsonPatch } from "./injection/json-patch.ts";
import { objectIn, type PodNamespace, textIn } from "./injection/pod.ts";

export type AdmissionRequest = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string; // "web-5d9c-" where the API server will make one
  readonly pod: JsonObject;
};

export type AdmissionReading =
  | { readonly kind: "read"; readonly request: AdmissionRequest }
  | { readonly kind: "refused"; readonly reason: string };

export type AdmissionAnswer = { readonly review: JsonObject; readonly injection: Injection };

const API_VERSION = "admission.k8s.io/v1";
const KIND = "AdmissionReview";
// RFC 1123: a label, and what may begin a subdomain.
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[-a-z0-9.]{0,253}$/;
const UID = /^[\w-]{1,64}$/;
// The API server cuts warnings off after 4,096 characters together; and nobody reads more.
const WARNINGS_MAX = 16;
const WARNING_CHARS_MAX = 250;

export function readAdmission(value: unknown): AdmissionReading {
  if (!isJsonObject(value as JsonObject)) return refused("the body is no JSON object");
  const review = value as JsonObject;
  if (review["apiVersion"] !== API_VERSION || review["kind"] !== KIND) {
    return refused(`the body is no ${KIND} of ${API_VERSION}`);
  }
  const request = objectIn(review, "request");
  const uid = textIn(request, "uid") ?? "";
  if (!UID.test(uid)) return refused("request.uid is missing, or no UID");
  const pod = objectIn(request, "object");
  if (objectIn(request, "kind")["kind"] !== "Pod" || request["operation"] !== "CREATE") {
    return refused("only pods that are being made are reviewed (kind Pod, operation CREATE)");
  }
  const namespace = textIn(request, "namespace") ?? "";
  if (!NAMESPACE.test(namespace)) return refused("request.namespace is no name of a namespace");
  const metadata = objectIn(pod, "metadata");
  const name = textIn(metadata, "name") ?? textIn(metadata, "generateName") ?? "";
  if (!NAME.test(name)) return refused("the pod's name, or what it begins with, is none");
  return { kind: "read", request: { uid, namespace, name, pod } };
}

export function answerAdmission(
  { uid, pod }: AdmissionRequest,
  namespace: PodNamespace,
  settings: InjectorSettings,
): AdmissionAnswer {
  const parts = { metadata: objectIn(pod, "metadata"), spec: objectIn(pod, "spec") };
  const injection = injectPod({ pod: parts, namespace, isAsked: false }, settings);
  const warnings = injection.warnings.slice(0, WARNINGS_MAX).map(warningText);
  const response = {
    uid,
    allowed: true,
    ...(injection.kind === "injected" && {
      patchType: "JSONPatch",
      patch: Buffer.from(JSON.stringify(jsonPatch(injection.patch))).toString("base64"),
    }),
    ...(warnings.length > 0 && { warnings }),
  };
  return { review: { apiVersion: API_VERSION, kind: KIND, response }, injection };
}

function warningText(text: string): string {
  const whole = `weft: ${text}`;
  return whole.length > WARNING_CHARS_MAX ? `${whole.slice(0, WARNING_CHARS_MAX - 3)}...` : whole;
}

function refused(reason: string): AdmissionReading {
  return { kind: "refused", reason };
}
