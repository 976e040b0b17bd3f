// What the environment tells a control plane in a cluster about the proxies that it injects.

import { LOG_LEVELS } from "#base/log.ts";
import type { InjectorSettings } from "#control/kubernetes/injection/injector-settings.ts";
import {
  DEFAULT_RESOURCES,
  type ProxyResources,
} from "#control/kubernetes/injection/proxy-options.ts";
import { NAMES, PORTS } from "#install/names.ts";
import type { JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";

type Environment = Readonly<Record<string, string | undefined>>;

// Throws a sentence where something can't be meant.
export function readInjectorSettings(
  environment: Environment,
  version: string,
  trustDomain: string,
): InjectorSettings {
  const proxy = parseProxy(environment["WEFT_PROXY"] || "{}");
  const level = proxy["logLevel"] ?? "info";
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (!logLevel)
    throw new Error(`WEFT_PROXY has logLevel "${level}", must be ${LOG_LEVELS.join(", ")}`);
  return {
    ...{ version, trustDomain, logLevel },
    image: environment["WEFT_IMAGE"] || `weft.dev/weft:${version}`,
    imagePullPolicy: environment["WEFT_IMAGE_PULL_POLICY"] || "IfNotPresent",
    control: `${NAMES.control}.${NAMES.namespace}.svc:${PORTS.proxies}`,
    resources: resourcesOf(proxy["resources"] ?? {}),
  };
}

function parseProxy(text: string): JsonObject {
  try {
    const value: JsonObject = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // As one that is no object.
  }
  throw new Error(`WEFT_PROXY is ${JSON.stringify(text.slice(0, 80))}, must be a JSON object`);
}

// The API server judges quantities, and refuses pods that have wrong ones.
function resourcesOf(value: unknown): ProxyResources {
  if (!isJsonObject(value as JsonObject)) throw new Error("WEFT_PROXY has resources of no kind");
  const { requests, limits } = value as Partial<ProxyResources>;
  return {
    requests: requests ?? DEFAULT_RESOURCES.requests,
    limits: limits ?? DEFAULT_RESOURCES.limits,
  };
}
