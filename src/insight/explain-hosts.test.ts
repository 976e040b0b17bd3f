import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainRequest } from "#api/explanation.ts";
import { compile } from "#compile/compile.ts";
import {
  sampleBackendRef,
  sampleMatch,
  sampleModel,
  sampleOrigin,
  sampleService,
  sampleVirtualService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import type { Model } from "#ir/model.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const port = { name: "tls", port: 443, targetPort: 443, protocol: "tcp", isTls: true } as const;
const web = { name: "http", port: 80, targetPort: 80, protocol: "http" } as const;
const outside = (name: string) => ({
  origin: sampleOrigin("ServiceEntry", name),
  service: { namespace: "bookshop", name },
  addresses: [{ address: "192.0.2.1", name, isReady: true }],
  ports: [
    { name: "tls", port: 443 },
    { name: "http", port: 443 },
  ],
});
const entry = (name: string) => ({
  ...sampleService(name, { host: name, ports: [port, web] }),
  selector: new Map<string, string>(),
});
const rules = sampleVirtualService("names", [
  { matches: [sampleMatch({ serverNames: ["a.example.com"] })] },
  { matches: [sampleMatch({ subnets: ["10.0.0.0/8"] })] },
]);
const toHost = { ...sampleBackendRef("api.example.com", 1), port: 443 };
const backend = {
  ...toHost,
  service: { namespace: "bookshop", name: "api.example.com", host: "api.example.com" },
};
const model: Model = sampleModel({
  workloads: [sampleWorkload("caller")],
  services: [entry("api.example.com"), sampleService("hidden", { exportTo: ["other"] })],
  outsides: [outside("api.example.com")],
  subsets: [
    {
      origin: sampleOrigin("DestinationRule", "api"),
      service: backend.service,
      subsets: [],
      policy: { ports: [{ port: 80, policy: { tls: { kind: "tls", caFile: "/ca.pem" } } }] },
    },
  ],
  routes: [
    {
      ...rules,
      layer: "tls",
      parents: [{ service: backend.service, port: undefined }],
      rules: rules.rules.map((rule) => ({ ...rule, backends: [backend] })),
    },
  ],
  egressRules: [
    {
      origin: sampleOrigin("Sidecar", "caller"),
      namespace: "bookshop",
      selector: new Map([["app", "caller"]]),
      reaches: [{ namespace: "*", host: "hidden.bookshop.svc.cluster.local" }],
    },
  ],
});
const { snapshot } = compile(model, [], 1);
const textOf = (request: ExplainRequest): string => {
  const answer = explain(snapshot, model, request);
  assert.equal(answer.kind, "ok");
  return explanationText(answer.value);
};

test("of a connection it is told which server or address a rule wants", () => {
  const text = textOf({ to: "api.example.com:443", serverName: "B.example.com" });
  assert.match(text, /This is host api\.example\.com of bookshop port 443/);
  assert.match(text, /server name is "b\.example\.com", it wants "a\.example\.com"/);
  assert.match(text, /the address is "api\.example\.com:443", it wants "10\.0\.0\.0\/8"/);
  const taken = textOf({ to: "api.example.com:443", serverName: "a.example.com" });
  assert.match(taken, /names rule 0 .*takes it/);
});

test("of TLS to the outside it is told whom it believes", () => {
  const text = textOf({ to: "api.example.com:80" });
  const tls = "over TLS to api.example.com, vouched for by /ca.pem (api.example.com)";
  assert.ok(text.includes(`ready at 192.0.2.1:443, ${tls}`), text);
});

test("what a caller may not see is told from what isn't there", () => {
  const hidden = textOf({ to: "hidden.bookshop:9080" });
  assert.match(hidden, /not to be seen by this caller in bookshop/);
  const reached = textOf({ from: "caller", to: "api.example.com:80" });
  assert.match(reached, /cause destination-unknown/);
});
