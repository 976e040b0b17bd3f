// Structured lines for people and collectors. Never on a request's path; never a secret.

import type { Clock } from "./clock.ts";
import { harmlessText } from "./harmless-text.ts";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;

// One JSON object a line, whatever a peer put into a field.
export function jsonLog(
  write: (line: string) => void,
  clock: Clock,
  component: string,
  least: LogLevel = "info",
): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (RANK[level] < RANK[least]) return;
    const time = new Date(clock.wallMs()).toISOString();
    const line = JSON.stringify({ time, level, component, message, ...fields });
    write(`${harmlessText(line)}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
