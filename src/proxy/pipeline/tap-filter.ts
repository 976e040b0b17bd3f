// Whether somebody who watches wants a request.

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { TapFilter, TapParty } from "#snapshot/tap.ts";
import type { TapSeen } from "./tap-request.ts";

export function passesRequest(filter: TapFilter, { head, key }: TapSeen): boolean {
  const { direction, methods, scheme, authority, pathPrefix, headers, from, to } = filter;
  const isInbound = key.reporter === "destination";
  if (direction !== undefined && (direction === "in") !== isInbound) return false;
  if (methods && !methods.includes(head.method)) return false;
  if (scheme !== undefined && scheme !== head.scheme) return false;
  if (authority !== undefined && !namesAuthority(authority, head.authority)) return false;
  if (pathPrefix !== undefined && !head.path.startsWith(pathPrefix)) return false;
  if (headers?.some(([name, value]) => !hasHeader(head.headers, name, value))) return false;
  if (from && !isParty(from, key.sourceNamespace, key.sourceWorkload, undefined)) return false;
  if (!to) return true;
  const namespace = key.destinationNamespace || key.destinationServiceNamespace;
  return isParty(to, namespace, key.destinationWorkload, key.destinationService);
}

// What only the answer tells.
export function waitsForAnswer({ statusFrom, statusTo, latencyMinMs }: TapFilter): boolean {
  return statusFrom !== undefined || statusTo !== undefined || latencyMinMs !== undefined;
}

export function passesResult(filter: TapFilter, status: number, latencyMs: number): boolean {
  const { statusFrom = 0, statusTo = Number.MAX_SAFE_INTEGER, latencyMinMs = 0 } = filter;
  return status >= statusFrom && status <= statusTo && latencyMs >= latencyMinMs;
}

function namesAuthority(wanted: string, authority: string): boolean {
  const own = authority.toLowerCase();
  return own === wanted || own.replace(/:\d+$/, "") === wanted;
}

function hasHeader(headers: readonly string[], name: string, value: string | null): boolean {
  if (value === null) return findHeader(headers, name) !== undefined;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name && headers[i + 1] === value) return true;
  }
  return false;
}

function isParty(
  wanted: TapParty,
  namespace: string,
  workload: string,
  service: string | undefined,
): boolean {
  if (wanted.namespace !== undefined && wanted.namespace !== namespace) return false;
  if (wanted.workload !== undefined && wanted.workload !== workload) return false;
  return wanted.service === undefined || wanted.service === service;
}
