import assert from "node:assert/strict";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { test } from "node:test";
import { connectThrough } from "./support/connect-through.ts";
import { listenOn } from "./support/listen-on.ts";
import { type RunningProxy, SECRET, smallMesh } from "./support/small-mesh.ts";

const AUTHORIZATION = `Basic ${Buffer.from(`weft:${SECRET}`).toString("base64")}`;
const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: quotes, namespace: shop }
spec:
  selector: { app: quotes }
  ports: [{ name: grpc, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: quotes, namespace: shop, labels: { app: quotes } }
spec:
  command: ["true"]
  serviceAccount: quotes
  ports: [{ name: grpc, port: 9000, protocol: http2 }]
`,
};

test("HTTP/2 with prior knowledge reaches an application that speaks HTTP/2", async (t) => {
  const caller = await quotesMesh(t);
  const { address, port } = caller.settings.outbound;
  const session = connect(`http://${address}:${port}`);
  t.after(() => session.close());
  const answer = await ask(session, {
    ":path": "/plain",
    ":authority": "quotes:80",
    "proxy-authorization": AUTHORIZATION,
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, "/plain for quotes:80");
});

test("HTTP/2 inside a CONNECT tunnel is routed per request, trailers and all", async (t) => {
  const caller = await quotesMesh(t);
  const socket = await connectThrough(caller, "quotes:80", SECRET);
  const session = connect("http://quotes:80", { createConnection: () => socket as Socket });
  t.after(() => session.close());
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      ask(session, { ":path": `/call/${i}`, te: "trailers", "content-type": "application/grpc" }),
    ),
  );
  answers.forEach(({ body, trailers }, i) => {
    assert.equal(body, `/call/${i} for quotes:80`);
    assert.equal(trailers["grpc-status"], "0");
  });
});

test("a gRPC call that the mesh itself answers gets its status as trailers only", async (t) => {
  const caller = await quotesMesh(t);
  const socket = await connectThrough(caller, "nobody:80", SECRET);
  const session = connect("http://nobody:80", { createConnection: () => socket as Socket });
  t.after(() => session.close());
  const answer = await ask(session, { ":path": "/call", "content-type": "application/grpc" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["grpc-status"], "14");
  assert.equal(answer.headers["weft-cause"], "destination-unknown");
});

async function quotesMesh(t: { after(run: () => unknown): void }): Promise<RunningProxy> {
  const quotes = createServer();
  quotes.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(`${headers[":path"]} for ${headers[":authority"]}`);
  });
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    await mesh.close();
    quotes.close();
  });
  const port = await listenOn(quotes);
  await mesh.proxy("quotes", { application: { declared: 9000, port } });
  return mesh.proxy("caller");
}

type Answer = {
  readonly status: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: string;
};

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers);
    let answered: Answer["headers"] = {};
    let trailers: Answer["trailers"] = {};
    let body = "";
    stream.setEncoding("utf8");
    stream.on("response", (head) => {
      answered = head;
    });
    stream.on("trailers", (tail) => {
      trailers = tail;
    });
    stream.on("data", (text: string) => {
      body += text;
    });
    stream.on("end", () =>
      resolve({ status: answered[":status"], headers: answered, trailers, body }),
    );
    stream.on("error", reject);
    stream.end();
  });
}
