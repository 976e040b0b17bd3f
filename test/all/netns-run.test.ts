// `weft run --netns`: processes that know nothing of the mesh, each in a network namespace.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { after, before, type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoWorkload } from "../support/echo-documents.ts";
import { type CommandResult, runWeft, WEFT, weftEnvironment } from "../support/run-weft.ts";
import { RunningMesh } from "../support/running-mesh.ts";

const NODE = "node_modules/.bin/node";
const THINGS = "10.96.0.7";
const ECHO = "10.96.0.8";
const CLAIMS = "/run/weft-netns";
const FIRST_NUMBER = 256;
// On a busy machine.
const WITHIN_MS = 30_000;

let mesh: RunningMesh;

before(async () => {
  const annotations = { "weft.dev/joinable": "true" };
  const service = (name: string, clusterIP: string, targetPort: number | string) =>
    documentOf("v1", "Service", {
      metadata: { name, namespace: "shop" },
      spec: { selector: { app: name }, clusterIP, ports: [{ name: "http", port: 80, targetPort }] },
    });
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "echo" }) +
        service("echo", ECHO, "http") +
        service("things", THINGS, 8080) +
        documentOf("v1", "ServiceAccount", {
          metadata: { name: "guest", namespace: "shop", annotations },
        }),
    },
  });
});

after(() => mesh.stop());

test("two processes that know nothing of the mesh talk with mutual TLS", async (t) => {
  const things = await startThings(t);
  const capture = await startCapture(t, things.link);
  const [fourth, sixth] = things.addresses;
  for (const host of [THINGS, `${fourth}:8080`, `[${sixth}]:8080`]) {
    const { out } = await run([], "curl", "-s", "--max-time", "20", `http://${host}/a`);
    const { headers, secret } = JSON.parse(out);
    assert.equal(secret, "open sesame", host);
    assert.match(
      headers["x-forwarded-client-cert"],
      /URI=spiffe:\/\/mesh\.local\/ns\/shop\/sa\/guest/,
    );
  }
  const bytes = await capture();
  assert.ok(bytes.length > 5_000, "nothing was caught");
  assert.equal(bytes.includes("open sesame"), false, "an answer passed in plaintext");
  assert.equal(bytes.includes("curl/"), false, "a request passed in plaintext");
});

test("a sidecar that has only a loopback address is reached from a namespace", async () => {
  const { out, error } = await run([], "curl", "-s", "--max-time", "20", `http://${ECHO}/named`);
  const told = JSON.parse(out || error);
  assert.equal(told.workload, "shop/echo");
  assert.equal(told.url, "/named");
});

test("a process that calls its own address goes through its sidecar, though it serves on loopback", async () => {
  const own = ["--port", "8080"];
  const { out, error } = await run(own, NODE, "test/support/self-caller.mjs", "8080");
  const headers = JSON.parse(out || error);
  assert.match(headers["x-forwarded-client-cert"], /By=.*sa\/guest;URI=.*sa\/guest/);
});

test("a server that speaks first is heard", async (t) => {
  const { addresses } = await startThings(t);
  const { out } = await run([], NODE, "test/support/greeted.mjs", addresses[0]!, "2525");
  assert.equal(out, "220 welcome\r\n250 hello\r\n");
});

test("UDP is left alone", async (t) => {
  const socket = createSocket("udp4", (message, from) => {
    socket.send(`${message} ${from.address}`, from.port, from.address);
  });
  t.after(() => socket.close());
  await new Promise<void>((resolve) => void socket.bind(0, resolve));
  const asking = `
    const socket = require("node:dgram").createSocket("udp4", (message) => {
      process.stdout.write(String(message));
      process.exit();
    });
    socket.send("who", ${socket.address().port}, "198.19.0.1");
    setTimeout(() => process.exit(1), 10_000);`;
  const { out } = await run([], NODE, "-e", asking);
  assert.match(out, /^who 198\.19\.\d+\.\d+$/);
});

test("who is no workload of the mesh is refused, and so is what the mesh doesn't know", async (t) => {
  const { addresses } = await startThings(t);
  const stranger = await fetch(`http://${addresses[0]}:8080/a`).then(
    (response) => response.status,
    () => "refused",
  );
  assert.notEqual(stranger, 200);
  const { out } = await run(
    [],
    "curl",
    "-s",
    "--max-time",
    "5",
    "-w",
    "%{http_code}",
    "http://10.1.2.3/",
  );
  assert.match(out, /5\d\d$/);
});

test("it runs as the user that it is told, and exits as its command does", async () => {
  assert.equal((await run(["--user", "nobody"], "id", "-un")).out, "nobody\n");
  assert.equal((await run([], "sh", "-c", "exit 7")).code, 7);
  assert.equal((await run([], "sh", "-c", "kill -TERM $$")).code, 128 + 15);
  assert.equal((await run([], "no-such-thing")).code, 127);
  const wrong = await run(["--dependency", "echo:80"], "true");
  assert.equal(wrong.code, 2);
  assert.match(wrong.error, /there is no --dependency/);
});

test("nothing stays of a run that has ended", async (t) => {
  const things = await startThings(t);
  assert.ok(existsSync(things.claim));
  things.child.kill("SIGTERM");
  await once(things.child, "exit");
  assert.equal(existsSync(things.claim), false);
  assert.equal(readdirSync("/sys/class/net").includes(things.link), false);
  await eventually(
    "nobody is left in it",
    () => processesIn(things.namespace).length === 0,
    WITHIN_MS,
  );
});

test("what a killed run leaves behind is ended by the next one", async (t) => {
  const things = await startThings(t, "sh", "-c", "sleep 300 & exec sleep 300");
  const inside = () => processesIn(things.namespace);
  await eventually("both run", () => inside().length >= 4, WITHIN_MS);
  things.child.kill("SIGKILL");
  await once(things.child, "exit");
  // What it started itself ends by itself; what that started doesn't.
  await eventually("only the stray is left", () => inside().length === 1, WITHIN_MS);
  assert.ok(existsSync(things.claim));
  const { error } = await run([], "true");
  assert.match(error, /Ended what 1 killed run left behind/);
  await eventually("nobody is left in it", () => inside().length === 0, WITHIN_MS);
  assert.equal(existsSync(things.claim), false);
});

type Things = {
  readonly child: ChildProcess;
  readonly addresses: readonly string[];
  readonly link: string;
  readonly claim: string; // its file
  readonly namespace: string; // as /proc names it
};

// Serves on 127.0.0.1 only: HTTP on 8080, a protocol that greets on 2525; or runs another command.
async function startThings(t: TestContext, ...command: readonly string[]): Promise<Things> {
  const app = [NODE, "test/support/local-app.mjs", "127.0.0.1", "8080", "2525"];
  const ports = ["--port", "8080", "--port", "2525/tcp"];
  const flags = [...AS_GUEST, "--name", "things", "--label", "app=things", ...ports];
  const args = ["run", "--netns", ...flags, "--mesh", mesh.parent, "--"];
  const child = spawn(WEFT, [...args, ...(command.length > 0 ? command : app)], {
    env: weftEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  if (command.length === 0) await once(child.stdout!, "data");
  const claim = () => claimOf(child.pid!);
  await eventually("it has a namespace", () => claim()?.namespace !== undefined, WITHIN_MS);
  const { slot, namespace } = claim()!;
  const number = slot + FIRST_NUMBER;
  return {
    child,
    namespace,
    claim: `${CLAIMS}/${slot}.json`,
    link: `weft${number}`,
    addresses: [`198.19.${number >> 8}.${number & 0xff}`, `fd77:6566:7400::${number.toString(16)}`],
  };
}

function claimOf(pid: number): { readonly slot: number; readonly namespace: string } | undefined {
  if (!existsSync(CLAIMS)) return undefined;
  for (const name of readdirSync(CLAIMS)) {
    const { owner, namespace } = JSON.parse(readFileSync(`${CLAIMS}/${name}`, "utf8"));
    if (owner.pid === pid && namespace !== "")
      return { slot: Number.parseInt(name, 10), namespace };
  }
  return undefined;
}

function processesIn(namespace: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/ns/net`) === namespace;
    } catch {
      return false;
    }
  });
}

const AS_GUEST = ["--namespace", "shop", "--service-account", "guest"];

function run(flags: readonly string[], ...command: readonly string[]): Promise<CommandResult> {
  const args = ["run", "--netns", ...AS_GUEST, ...flags, "--mesh", mesh.parent, "--"];
  return runWeft([...args, ...command]);
}

// All frames on that link from now on.
async function startCapture(t: TestContext, link: string): Promise<() => Promise<Buffer>> {
  const capture = spawn("python3", ["test/support/capture.py", link], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => capture.kill("SIGKILL"));
  const parts: Buffer[] = [];
  await once(capture.stdout!, "data");
  capture.stdout!.on("data", (part: Buffer) => parts.push(part));
  return async () => {
    capture.kill("SIGTERM");
    await once(capture, "close");
    return Buffer.concat(parts);
  };
}
