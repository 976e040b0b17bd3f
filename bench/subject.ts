// What is measured: a way to the backend, and the proxies on it.

import type { Child } from "./children.ts";

export type ProxyProcess = {
  readonly role: "proxy" | "outbound" | "inbound" | `process ${number}`;
  readonly pid: number;
};

export type Subject = {
  readonly name: string;
  readonly url: string;
  readonly proxies: readonly ProxyProcess[];
  // How many requests each proxy has counted since it started, in the order of `proxies`. Nothing
  // where nobody can be asked.
  requests(): Promise<readonly number[]>;
};

export type Started = { readonly subject: Subject; stop(): Promise<void> };

// What went wrong, as a sentence with the last lines of whoever failed.
export function childFailure(what: string, child: Child): Error {
  const lines = child.output.trim().split("\n").slice(-8).join("\n    ");
  return new Error(`${what}; the last lines of ${child.title}:\n    ${lines}`);
}
