// Stands in for the proxy: ready at once, probes the application, and tells its pid and token to
// whoever asks at its outbound listener, and what was dialled to whoever dials a TCP dependency.

import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { ProxyBootstrap } from "#main/bootstrap.ts";
import { supervised } from "./supervised.ts";

const PROBE_MS = 30;

const lifeline = supervised((value) => start(value as ProxyBootstrap));

function start(bootstrap: ProxyBootstrap): void {
  const { token, outbound, readiness, identity, tcp } = bootstrap;
  for (const { key, on } of tcp) {
    createTcpServer((socket) => socket.end(key)).listen({ fd: on.descriptor });
  }
  createServer((_, response) => {
    response.end(JSON.stringify({ pid: process.pid, token: token ?? null }));
  }).listen({ fd: outbound.descriptor }, () => lifeline.send({ event: "ready", identity }));
  let last: boolean | undefined;
  setInterval(() => {
    if (readiness.kind === "none") return;
    const probe = connect(readiness.port, readiness.address);
    const tell = (isReady: boolean) => {
      probe.destroy();
      if (isReady !== last) lifeline.send({ event: "application", isReady });
      last = isReady;
    };
    probe.on("connect", () => tell(true));
    probe.on("error", () => tell(false));
  }, PROBE_MS);
}
