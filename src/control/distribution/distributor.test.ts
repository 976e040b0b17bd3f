import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { FakeClock } from "#base/fake-clock.ts";
import { silentLog } from "#base/log.ts";
import { changeWorld, compileWorld, modelChanges, type World } from "#compile/arbitrary-changes.ts";
import { variedModels } from "#compile/arbitrary-models.ts";
import { projectInbound, projectOutbound } from "#compile/project.ts";
import { sampleModel, sampleService, sampleWorkload } from "#compile/sample-model.ts";
import type { Model } from "#ir/model.ts";
import type { DownMessage, Hello, Update } from "#snapshot/messages.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { Distributor } from "./distributor.ts";
import type { Session } from "./session.ts";

test("only proxies that a change concerns are told of it", async () => {
  const { distributor, greet, publish } = start(meshOf(["a", "b"]));
  const [a, b] = [greet("web-a", ["a:9080"]), greet("web-b", ["b:9080"])];
  for (const each of [a, b]) each.answerAll();
  await publish(meshOf(["a", "b"], { a: "http2" }));
  assert.deepEqual([a.revisions(), b.revisions()], [[1, 2], [1]]);
  assert.deepEqual(
    distributor.sessions.map(({ revisionAcknowledged }) => revisionAcknowledged),
    [1, 2],
  );
});

test("a proxy hears of a service that it had asked for in vain", async () => {
  const { greet, publish } = start(meshOf(["a"]));
  const proxy = greet("web-a", ["b:9080", "b.bookshop.svc.cluster.local:9080", "c:9080"]);
  proxy.answerAll();
  await publish(meshOf(["a", "b"]));
  assert.deepEqual(proxy.last().keys, [
    ["b:9080", "outbound/bookshop/b/9080"],
    ["b.bookshop.svc.cluster.local:9080", "outbound/bookshop/b/9080"],
  ]);
});

test("a proxy hears of a port that comes, and of addresses that lead somewhere", async () => {
  const { greet, publish } = start(meshOf(["a"]));
  const proxy = greet("web-a", ["a:9081", "10.1.2.3:9080", "10.9.9.9:9080"]);
  proxy.answerAll();
  const [service] = meshOf(["a"]).services as [Model["services"][number]];
  const more = { ...service.ports[0]!, name: "more", port: 9081 };
  const withPort = { ...service, ports: [...service.ports, more] };
  await publish({ ...meshOf([]), services: [withPort] });
  assert.deepEqual(proxy.last().keys, [["a:9081", "outbound/bookshop/a/9081"]]);
  proxy.answerAll();
  await publish({ ...meshOf([]), services: [{ ...withPort, addresses: ["10.1.0.0/16"] }] });
  assert.deepEqual(proxy.last().keys, [["10.1.2.3:9080", "outbound/bookshop/a/9080"]]);
});

test("a proxy that is slow to answer holds nobody else", async () => {
  const { greet, publish } = start(meshOf(["a"]));
  const [slow, quick] = [greet("web-a", ["a:9080"]), greet("web-b", ["a:9080"])];
  quick.answerAll();
  for (const protocol of ["http2", "tcp", "http"] as const) {
    await publish(meshOf(["a"], { a: protocol }));
    quick.answerAll();
  }
  assert.deepEqual([slow.revisions(), quick.revisions()], [[1], [1, 2, 3, 4]]);
  slow.answerAll();
  assert.deepEqual(slow.revisions(), [1]);
  await publish(meshOf(["a"], { a: "tcp" }));
  assert.deepEqual(slow.revisions(), [1, 5]);
});

test("whose own side changes knows it before its callers, who don't wait for ever", async () => {
  const { clock, greet, publish } = start(meshOf(["a"]));
  const [called, caller] = [greet("web-a", []), greet("web-b", ["a:9080"])];
  for (const each of [called, caller]) each.answerAll();
  const http2 = meshOf(["a"], { a: "http2" });
  const changed = { ...http2, workloads: http2.workloads.map(withMorePorts) };
  await publish(changed);
  assert.deepEqual([called.revisions(), caller.revisions()], [[1, 2], [1]]);
  clock.advance(500);
  await turn();
  assert.deepEqual(caller.revisions(), [1, 2]);
});

test("after any changes every proxy holds what its keys mean, and no more", async () => {
  const keys = [
    ...["a:80", "a.b:80", "a.a.svc.cluster.local:81", "b.a.b:80", "c:80", "10.0.0.7:80"],
    ...["10.1.2.3:80", "10.2.0.1:80", "x.example.com:80", "a.example.com:81", "nobody.org:80"],
  ];
  await fc.assert(
    fc.asyncProperty(
      variedModels,
      fc.array(modelChanges, { minLength: 1, maxLength: 8 }),
      async (model, changes) => {
        let world: World = { model, registrations: [], addresses: undefined };
        const { greet, publish } = startIn(world);
        const callers = ["a/a", "b/b", "b/c"].map((key) => greet(key, keys));
        for (const change of changes) {
          world = changeWorld(world, change);
          const snapshot = await publish(world);
          // Those first whose own side changes, then the others.
          for (let i = 0; i < 3; i++) {
            for (const caller of callers) caller.answerAll();
            await turn();
          }
          for (const caller of callers)
            assert.deepEqual(caller.held(), caller.shouldHold(snapshot));
        }
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

function start(model: Model) {
  const world = (changed: Model) => ({ model: changed, registrations: [], addresses: undefined });
  const started = startIn(world(model));
  return { ...started, publish: (changed: Model) => started.publish(world(changed)) };
}

function startIn(first: World) {
  const clock = new FakeClock();
  let compilation = compileWorld(first, 1);
  const distributor = new Distributor(compilation.snapshot, clock, silentLog);
  return {
    clock,
    distributor,
    greet: (key: string, keys: readonly string[]) => greet(distributor, key, keys),
    async publish(world: World): Promise<Snapshot> {
      const revision = compilation.snapshot.revision + 1;
      compilation = compileWorld(world, revision, compilation);
      distributor.publish(compilation.snapshot);
      await turn();
      return compilation.snapshot;
    },
  };
}

// A proxy that installs what comes, and answers when it is asked to.
function greet(distributor: Distributor, key: string, keys: readonly string[]) {
  const [name = "", namespace = "bookshop"] = key.split("/").toReversed();
  const workload = { namespace, name };
  const updates: Update[] = [];
  let answered = 0;
  const held = {
    keys: new Map<string, string | null>(),
    plans: new Map<string, string>(),
    own: "",
  };
  const take = (message: DownMessage) => {
    if (message.type !== "update") return;
    updates.push(message);
    for (const [each, id] of message.keys) held.keys.set(each, id);
    for (const { id, hash } of message.plans) held.plans.set(id, hash);
    for (const id of message.removed) held.plans.delete(id);
    if (message.inbound) held.own = message.inbound.hash;
  };
  const session: Session = distributor.open({ ...HELLO, workload, keys }, take);
  return {
    revisions: () => updates.map(({ revision }) => revision),
    last: () => updates.at(-1)!,
    answerAll() {
      while (answered < updates.length) {
        distributor.acknowledge(session, updates[answered++]!.revision);
      }
    },
    held: () => ({ keys: [...held.keys].sort(), plans: [...held.plans].sort() }),
    shouldHold(snapshot: Snapshot) {
      const plans = keys.map((each) => [each, projectOutbound(snapshot, each, viewerOf(workload))]);
      const own = projectInbound(snapshot, workload);
      if (own) assert.equal(held.own, own.hash);
      return wantedOf(plans as [string, ReturnType<typeof projectOutbound>][]);
    },
  };
}

function viewerOf({ namespace, name }: Hello["workload"]) {
  return { namespace, workload: name };
}

function wantedOf(all: readonly [string, ReturnType<typeof projectOutbound>][]) {
  const plans = new Map(all.flatMap(([, plan]) => (plan ? [[plan.id, plan.hash]] : [])));
  return {
    keys: all.map(([key, plan]) => [key, plan?.id ?? null]).sort(),
    plans: [...plans].sort(),
  };
}

const HELLO: Omit<Hello, "workload" | "keys"> = {
  ...{ type: "hello", protocol: 1, version: "1", address: "127.64.0.2", meshPort: 15_008 },
  ...{ metrics: "", revision: 0, held: [], isReady: true },
};

type Spoken = Readonly<Record<string, "http" | "http2" | "tcp">>;

function meshOf(names: readonly string[], spoken: Spoken = {}): Model {
  return sampleModel({
    workloads: ["web-a", "web-b"].map((name) => sampleWorkload(name)),
    services: names.map((name) =>
      sampleService(name, {
        selector: new Map([["app", "web"]]),
        ports: [{ name: "http", port: 9080, targetPort: "http", protocol: spoken[name] ?? "http" }],
      }),
    ),
  });
}

function withMorePorts(
  workload: Model["workloads"][number],
  at: number,
): Model["workloads"][number] {
  if (at > 0) return workload;
  return { ...workload, ports: [...workload.ports, { name: "more", port: 1, protocol: "tcp" }] };
}
