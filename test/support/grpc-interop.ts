// Runs gRPC's interoperability suite as gRPC-Go has it: its caller against its application.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { eventually } from "#local/testing/eventually.ts";

const VERSION = "v1.84.0";
const LOOPBACK = "127.0.0.1";
const CASE_TIMEOUT_MS = 60_000;

export type InteropOutcome = { readonly code: number | null; readonly said: string };

export type InteropTarget = {
  readonly name: string;
  readonly port: number;
  // Whom the caller asks to CONNECT; it asks nobody for a loopback address.
  readonly proxyUrl: string;
};

// Either program's path.
export function installInterop(part: "client" | "server"): string {
  const name = `grpc-interop-${part}`;
  const script = [name, `google.golang.org/grpc/interop/${part}`, VERSION, "-help"];
  const { status, stdout } = spawnSync("sh", ["tools/install-go-tool.sh", ...script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.equal(status, 0, `${name} cannot be installed`);
  return String(stdout).trim();
}

// Accepts connections when this resolves.
export async function startInteropApplication(port: number): Promise<ChildProcess> {
  const child = spawn(installInterop("server"), ["-port", String(port)], { stdio: "ignore" });
  await eventually("the interop application accepts", () => accepts(port));
  return child;
}

export async function runInteropCase(
  name: string,
  target: InteropTarget,
  options: readonly string[] = [],
): Promise<InteropOutcome> {
  const { proxyUrl, port } = target;
  const args = ["-test_case", name, "-server_host", target.name, "-server_port", String(port)];
  const env = { ...process.env, HTTPS_PROXY: proxyUrl, NO_PROXY: "", https_proxy: proxyUrl };
  const child = spawn(installInterop("client"), [...args, ...options], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: CASE_TIMEOUT_MS,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
