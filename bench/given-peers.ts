// Peers that somebody else has started: NAME=URL,PID...

import type { Subject } from "./subject.ts";

export type GivenPeers = {
  // Beside the pairs to which applications speak that.
  readonly http1: readonly Subject[];
  readonly http2: readonly Subject[];
};

export function givenPeers(texts: readonly string[]): GivenPeers {
  const found = texts.map(parsePeer);
  return {
    http1: found.filter(({ isHttp2 }) => !isHttp2).map(({ subject }) => subject),
    http2: found.filter(({ isHttp2 }) => isHttp2).map(({ subject }) => subject),
  };
}

function parsePeer(text: string): { readonly subject: Subject; readonly isHttp2: boolean } {
  const [, name = "", scheme, authority, pids = ""] =
    /^([^=]+)=(http|h2c):\/\/([^,/]+)\/?((?:,\d+)*)$/.exec(text) ?? [];
  if (name === "" || pids === "") {
    throw new TypeError(`Cannot read --peer "${text}": NAME=http://HOST:PORT,PID would be right`);
  }
  const proxies = pids
    .slice(1)
    .split(",")
    .map((pid, i) => ({ role: `process ${i + 1}`, pid: Number(pid) }) as const);
  const url = `http://${authority}`;
  // Nobody knows how such a peer tells what it has counted.
  const subject = { name, url, proxies, requests: () => Promise.resolve([]) };
  return { subject, isHttp2: scheme === "h2c" };
}
