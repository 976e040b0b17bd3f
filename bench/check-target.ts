// What loads are checked on: nginx, with one answer that costs it enough to be the limit, and one
// that comes after a known spread of times, so that percentiles have something to differ in.

import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onCore } from "./on-core.ts";
import type { Rig } from "./rig.ts";
import { childFailure } from "./subject.ts";

export type CheckTarget = {
  readonly http1: string; // without a path
  readonly http2: string;
};

export const BUSY_PATH = "/busy";
export const SPREAD_PATH = "/spread";

const BUSY_BYTES = 16_384;
const DELAY_LEAST_MS = 5;
const DELAY_MEAN_MS = 15;
const DELAY_MOST_MS = 80;
const START_MS = 5_000;
const LOOK_MS = 20;

export async function startCheckTarget({ children, folder }: Rig): Promise<CheckTarget> {
  const run = join(folder, "nginx");
  mkdirSync(run, { recursive: true });
  // Text that gzip has work with.
  writeFileSync(join(run, "busy"), randomBytes(BUSY_BYTES / 2).toString("hex"));
  const [delaying, http1, http2] = [await startDelaying(), await freePort(), await freePort()];
  const path = join(run, "nginx.conf");
  writeFileSync(path, config(run, { delaying, http1, http2 }));
  const child = children.start("nginx", onCore(0, ["nginx", "-c", path]));
  for (let ms = 0; !(await isListening(http2)); ms += LOOK_MS) {
    if (!child.isRunning || ms > START_MS) throw childFailure("nginx didn't start", child);
    await wait(LOOK_MS);
  }
  return { http1: `http://127.0.0.1:${http1}`, http2: `http://127.0.0.1:${http2}` };
}

type Ports = { readonly delaying: number; readonly http1: number; readonly http2: number };

function config(run: string, { delaying, http1, http2 }: Ports): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${run}/${name};`)
    .join(" ");
  const locations = `
    root ${run};
    location = ${BUSY_PATH} { default_type text/plain; gzip on; gzip_comp_level 6; gzip_types text/plain; }
    location = ${SPREAD_PATH} { proxy_pass http://delaying; proxy_http_version 1.1; proxy_set_header Connection ""; }`;
  // Workers of root's nginx become somebody who can't read our folder.
  return `${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
daemon off;
pid ${run}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  ${temporary}
  upstream delaying { server 127.0.0.1:${delaying}; keepalive 256; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${http1}; ${locations} }
  server { listen 127.0.0.1:${http2} http2; ${locations} }
}
`;
}

// At least so long, and beyond that exponentially.
async function startDelaying(): Promise<number> {
  const listener = createServer((_, response) => {
    const more = -Math.log(1 - Math.random()) * (DELAY_MEAN_MS - DELAY_LEAST_MS);
    setTimeout(() => response.end("x"), Math.min(DELAY_MOST_MS, DELAY_LEAST_MS + more));
  });
  listener.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  listener.unref();
  return (listener.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
