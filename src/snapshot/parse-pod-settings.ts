// WEFT_SETTINGS as the injector wrote it, maybe an older or a newer one: what is absent is as by
// default, what is unknown is passed over. What is no such thing at all is refused with a sentence,
// so that a pod doesn't start with less captured than somebody believes.

import { LOG_LEVELS } from "#base/log.ts";
import { DEFAULT_POD_SETTINGS } from "./default-pod-settings.ts";
import type { PodProbe, PodSettings, PortRange } from "./pod-settings.ts";

export type PodSettingsParsing =
  | { readonly kind: "parsed"; readonly settings: PodSettings }
  | { readonly kind: "refused"; readonly reason: string };

const PORT_MAX = 65_535;

export function parsePodSettings(text: string): PodSettingsParsing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(value)) return refused("it is no object");
  const settings = merged(value);
  const wrong = firstWrong(settings);
  return wrong === undefined ? { kind: "parsed", settings } : refused(wrong);
}

function refused(reason: string): PodSettingsParsing {
  return { kind: "refused", reason: `Cannot read WEFT_SETTINGS: ${reason}` };
}

// Of any shape still.
function merged(value: Record<string, unknown>): PodSettings {
  const capture = isRecord(value["capture"]) ? value["capture"] : {};
  return {
    ...DEFAULT_POD_SETTINGS,
    ...value,
    capture: { ...DEFAULT_POD_SETTINGS.capture, ...capture },
  };
}

function firstWrong({ capture, probes, opaquePorts, logLevel, limits }: PodSettings) {
  const checks: readonly (readonly [string, boolean])[] = [
    ["capture.inboundPorts", capture.inboundPorts === "*" || arePorts(capture.inboundPorts)],
    ["capture.inboundPortsExcluded", arePorts(capture.inboundPortsExcluded)],
    ["capture.outboundRanges", capture.outboundRanges === "*" || areTexts(capture.outboundRanges)],
    ["capture.outboundRangesExcluded", areTexts(capture.outboundRangesExcluded)],
    ["capture.outboundPorts", arePorts(capture.outboundPorts)],
    ["capture.outboundPortsExcluded", arePorts(capture.outboundPortsExcluded)],
    ["probes", Array.isArray(probes) && probes.every(isProbe)],
    ["opaquePorts", arePorts(opaquePorts)],
    ["logLevel", LOG_LEVELS.includes(logLevel)],
    ["limits", Array.isArray(limits) && limits.every(isLimit)],
  ];
  const wrong = checks.find(([, isRight]) => !isRight);
  return wrong && `its field ${wrong[0]} is not as an injector writes it`;
}

function arePorts(value: unknown): value is readonly PortRange[] {
  return (
    Array.isArray(value) &&
    value.every((range) => Array.isArray(range) && range.length === 2 && range.every(isPort))
  );
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= PORT_MAX;
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isLimit(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";
}

function isProbe(value: unknown): value is PodProbe {
  if (!isRecord(value) || !isRecord(value["action"])) return false;
  const { path, port, timeoutMs, action } = value;
  const isKnown = ["httpGet", "tcpSocket", "grpc"].some((kind) => isRecord(action[kind]));
  return typeof path === "string" && isPort(port) && typeof timeoutMs === "number" && isKnown;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
