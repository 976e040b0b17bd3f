// The application behind all that is measured: nginx, which answers with as little effort as
// possible, over HTTP/1 and over HTTP/2 with prior knowledge.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "../children.ts";
import { childrenOf } from "../process-figures.ts";
import { freePort, untilListening } from "./listening.ts";

export type NginxBackend = {
  readonly http1Port: number;
  readonly http2Port: number;
  // Of its workers, too.
  readonly pids: readonly number[];
  // How many it has answered, this question included.
  requests(): Promise<number>;
  stop(): Promise<void>;
};

export const LARGE_BODY_BYTES = 1024 * 1024;
export const LARGE_BODY_PATH = "/large";
const STATUS_PATH = "/nginx_status";

const SMALL_BODY = "x".repeat(105);

export async function startNginx(children: Children, folder: string): Promise<NginxBackend> {
  mkdirSync(folder, { recursive: true });
  const [http1Port, http2Port] = [await freePort(), await freePort()];
  writeFileSync(join(folder, LARGE_BODY_PATH), Buffer.alloc(LARGE_BODY_BYTES, "x"));
  const path = join(folder, "nginx.conf");
  writeFileSync(path, config(folder, http1Port, http2Port));
  const child = children.start("nginx", ["nginx", "-c", path, "-p", folder]);
  await untilListening(child, http1Port);
  return {
    http1Port,
    http2Port,
    pids: [child.pid, ...childrenOf(child.pid)],
    requests: () => answeredBy(http1Port),
    stop: () => child.stop(),
  };
}

async function answeredBy(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${STATUS_PATH}`);
  const found = /^ *\d+ +\d+ +(\d+) *$/m.exec(await answer.text());
  if (!found) throw new Error("nginx tells no number of requests: is it built with stub_status?");
  return Number(found[1]);
}

function config(folder: string, http1Port: number, http2Port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  const locations = `location / { default_type text/plain; return 200 "${SMALL_BODY}"; }
    location = ${STATUS_PATH} { stub_status; }
    location = ${LARGE_BODY_PATH} { root ${folder}; }`;
  // Workers of root's nginx become somebody who can't read our folder.
  return `${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  open_file_cache max=10;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  ${temporary}
  server {
    listen 127.0.0.1:${http1Port} backlog=4096;
    ${locations}
  }
  server {
    listen 127.0.0.1:${http2Port} http2 backlog=4096;
    ${locations}
  }
}
`;
}
