// HAProxy in the places of Weft's proxies: alone, or one process beside the caller, one beside the
// backend, and mTLS between.

import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Child } from "../children.ts";
import type { Started } from "../subject.ts";
import type { Side } from "./certificates.ts";
import { freePort, untilListening } from "./listening.ts";
import { backendPort, type PeerSetting } from "./peer-setting.ts";
import { ROUTED_PATHS } from "./routes.ts";

type Role = Side | "proxy";

type Hop = {
  readonly role: Role;
  readonly bind: string;
  readonly upstream: string;
  readonly routes: string | undefined; // the file of them
};

export async function startHaproxy(setting: PeerSetting): Promise<Started> {
  const listenPort = await freePort();
  const hops =
    setting.way === "plain" ? plain(setting, listenPort) : await pair(setting, listenPort);
  const children = hops.map((hop) => start(setting, hop));
  for (const [i, child] of children.entries()) {
    await untilListening(child, Number(/:(\d+)/.exec(hops[i]!.bind)?.[1]));
  }
  return {
    subject: {
      name: "haproxy",
      url: `http://127.0.0.1:${listenPort}`,
      proxies: hops.map(({ role }, i) => ({ role, pid: children[i]!.pid })),
      requests: () => Promise.all(hops.map(({ role }) => counted(socketOf(setting, role)))),
    },
    stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
  };
}

function plain(setting: PeerSetting, listenPort: number): readonly Hop[] {
  const upstream = `127.0.0.1:${backendPort(setting)}`;
  return [
    { role: "proxy", bind: `127.0.0.1:${listenPort}`, upstream, routes: writeRoutes(setting) },
  ];
}

async function pair(setting: PeerSetting, listenPort: number): Promise<readonly Hop[]> {
  const meshPort = await freePort();
  const isHttp2 = setting.way === "http2";
  const { root, of } = setting.certificates;
  const tls = (side: Side) =>
    `ssl verify required ca-file ${root} crt ${of(side).both} alpn ${isHttp2 ? "h2" : "http/1.1"}`;
  const known = isHttp2 ? " proto h2" : "";
  return [
    {
      role: "outbound",
      bind: `127.0.0.1:${listenPort}${known}`,
      upstream: `127.0.0.1:${meshPort} ${tls("outbound")} verifyhost inbound sni str(inbound)`,
      routes: writeRoutes(setting),
    },
    {
      role: "inbound",
      bind: `127.0.0.1:${meshPort} ${tls("inbound")}`,
      upstream: `127.0.0.1:${backendPort(setting)}${known}`,
      routes: undefined,
    },
  ];
}

function writeRoutes({ folder }: PeerSetting): string {
  const path = join(folder, "haproxy.map");
  writeFileSync(path, ROUTED_PATHS.map((routed) => `${routed} to\n`).join(""));
  return path;
}

function start(setting: PeerSetting, { role, bind, upstream, routes }: Hop): Child {
  const path = join(setting.folder, `haproxy-${role}.cfg`);
  writeFileSync(
    path,
    `global
  nbthread 1
  maxconn 4096
  stats socket ${socketOf(setting, role)} mode 600
  ssl-default-bind-options ssl-min-ver TLSv1.3
  ssl-default-server-options ssl-min-ver TLSv1.3
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend from
  bind ${bind}
  ${routes === undefined ? "" : `use_backend %[path,map(${routes},to)]`}
  default_backend to
backend to
  server next ${upstream}
`,
  );
  return setting.children.start(`haproxy ${role}`, ["haproxy", "-db", "-f", path]);
}

function socketOf({ folder }: PeerSetting, role: Role): string {
  return join(folder, `haproxy-${role}.sock`);
}

// Requests of its frontend.
async function counted(socket: string): Promise<number> {
  const [head = "", row = ""] = (await ask(socket, "show stat -1 1 -1")).split("\n");
  const column = head.replace(/^# /, "").split(",").indexOf("req_tot");
  return Number(row.split(",")[column]);
}

function ask(path: string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(path, () => socket.write(`${question}\n`));
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.once("error", reject);
    socket.once("end", () => resolve(text));
  });
}
