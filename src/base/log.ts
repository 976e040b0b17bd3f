// Structured lines for people and collectors. Never on a request's path; never a secret.

import type { Clock } from "./clock.ts";
import { harmlessText } from "./harmless-text.ts";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const; // the least first
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

// One JSON object a line, whatever a peer put into a field.
export function jsonLog(
  write: (line: string) => void,
  clock: Clock,
  component: string,
  least: LogLevel = "info",
): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const time = new Date(clock.wallMs()).toISOString();
    const line = JSON.stringify({ time, level, component, message, ...fields });
    write(`${harmlessText(line)}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
