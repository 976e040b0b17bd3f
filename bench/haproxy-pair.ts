// HAProxy in the same places: one process beside the caller, one beside the backend, mTLS between.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Child, Children } from "./children.ts";
import { childFailure, type Subject } from "./subject.ts";

const READY_MS = 5_000;
const LOOK_MS = 20;

export type HaproxyPair = { readonly subject: Subject; stop(): Promise<void> };

// A root and a certificate for each side, ECDSA on P-256 like Weft's own.
export function makeCertificates(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const root = ["-x509", "-days", "2", "-subj", "/CN=bench root", "-keyout", at("root.key")];
  openssl(["req", ...fresh, ...root, "-out", at("root.pem")]);
  for (const name of ["outbound", "inbound"]) {
    const [key, request, certificate] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.crt`)];
    const alternative = ["-addext", `subjectAltName=DNS:${name}`];
    const subject = ["-subj", `/CN=${name}`, ...alternative, "-keyout", key, "-out", request];
    openssl(["req", "-new", ...fresh, ...subject]);
    const authority = ["-CA", at("root.pem"), "-CAkey", at("root.key"), "-CAcreateserial"];
    const issued = ["-days", "2", "-copy_extensions", "copy", "-out", certificate];
    openssl(["x509", "-req", "-in", request, ...authority, ...issued]);
    const both = execFileSync("cat", [certificate, key]);
    writeFileSync(at(`${name}.pem`), both, { mode: 0o600 });
  }
}

export async function startHaproxyPair(
  children: Children,
  folder: string,
  certificates: string,
  backendPort: number,
): Promise<HaproxyPair> {
  const [listenPort, meshPort] = [await freePort(), await freePort()];
  const pem = (name: string) => join(certificates, `${name}.pem`);
  const tls = (name: string) =>
    `ssl verify required ca-file ${pem("root")} crt ${pem(name)} alpn http/1.1`;
  const verified = `${tls("outbound")} verifyhost inbound sni str(inbound)`;
  const outbound = start(children, folder, "outbound", {
    bind: `127.0.0.1:${listenPort}`,
    upstream: `127.0.0.1:${meshPort} ${verified}`,
  });
  const inbound = start(children, folder, "inbound", {
    bind: `127.0.0.1:${meshPort} ${tls("inbound")}`,
    upstream: `127.0.0.1:${backendPort}`,
  });
  await untilListening(outbound, listenPort);
  await untilListening(inbound, meshPort);
  return {
    subject: {
      name: "haproxy",
      url: `http://127.0.0.1:${listenPort}`,
      proxies: [
        { role: "outbound", pid: outbound.pid },
        { role: "inbound", pid: inbound.pid },
      ],
      requests: () => Promise.all([counted(folder, "outbound"), counted(folder, "inbound")]),
    },
    stop: async () => void (await Promise.all([outbound.stop(), inbound.stop()])),
  };
}

function start(
  children: Children,
  folder: string,
  role: string,
  way: { readonly bind: string; readonly upstream: string },
): Child {
  const path = join(folder, `haproxy-${role}.cfg`);
  writeFileSync(
    path,
    `global
  nbthread 1
  maxconn 4096
  stats socket ${socketOf(folder, role)} mode 600
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
  bind ${way.bind}
  default_backend to
backend to
  server next ${way.upstream}
`,
  );
  return children.start(`haproxy ${role}`, ["haproxy", "-db", "-f", path]);
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}

function socketOf(folder: string, role: string): string {
  return join(folder, `haproxy-${role}.sock`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      listener.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function untilListening(child: Child, port: number): Promise<void> {
  for (let ms = 0; ms < READY_MS && child.isRunning; ms += LOOK_MS) {
    if (await accepts(port)) return;
    await wait(LOOK_MS);
  }
  throw childFailure(`Nobody listens on 127.0.0.1:${port}`, child);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => tell(true));
    socket.once("error", () => tell(false));
  });
}

// Requests of its frontend.
async function counted(folder: string, role: string): Promise<number> {
  const [head = "", row = ""] = (await ask(socketOf(folder, role), "show stat -1 1 -1")).split(
    "\n",
  );
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
