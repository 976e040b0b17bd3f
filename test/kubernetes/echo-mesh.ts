// Istio's echo, whose answers say who answered, as pods in a mesh: a client, two versions behind a
// Service each and one for both. The conformance suite uses the same programs.

import assert from "node:assert/strict";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";

const IMAGE = "registry.k8s.io/gateway-api/echo-advanced:v1.5.1";
const PORTS = [
  { name: "http", port: 80, targetPort: 8080, appProtocol: "http" },
  { name: "grpc", port: 7070 },
];
const METRICS = "http://127.0.0.1:15020/metrics";
// So many right in a row before any is counted: a Service without routes would now and then give one.
const SETTLED = 20;
const SETTLE_WITHIN_MS = 60_000;
const COUNT = 100;
const RECEIVED = 'reporter="destination"';

export type EchoAnswer = {
  readonly status: string;
  // The pod's name without what the ReplicaSet adds; empty where no echo answered.
  readonly by: string;
  readonly text: string;
};

export class EchoMesh {
  readonly #cluster: Cluster;
  readonly namespace: string;

  private constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
  }

  // In a namespace of its own, whose pods get a proxy.
  static start(cluster: Cluster, namespace: string): Promise<EchoMesh> {
    return cluster.once(`echo in ${namespace}`, async () => {
      const labels = { "weft.dev/inject": "enabled" };
      const objects = [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
        ...["client", "echo-v1", "echo-v2"].map((name) => deployment(namespace, name)),
        service(namespace, "echo", { app: "echo" }),
        ...["v1", "v2"].map((version) => service(namespace, `echo-${version}`, { version })),
      ];
      await cluster.apply(objects);
      const names = ["client", "echo-v1", "echo-v2"].map((name) => `deployment/${name}`);
      await cluster.rolledOut(namespace, ...names);
      return new EchoMesh(cluster, namespace);
    });
  }

  // As the client pod, `count` times over connections that are kept.
  async ask(target: string, args: readonly string[], count: number): Promise<EchoAnswer[]> {
    const command = ["client", target, `--count=${count}`, ...args];
    const output = await this.#cluster.exec(this.namespace, "deployment/client", command, {
      container: "echo",
    });
    return Array.from({ length: count }, (_, i) => answerIn(output, i));
  }

  // Waits until answers are right, then holds that all of a hundred are, and that each of these came
  // over mTLS to a proxy.
  async expectAll(
    target: string,
    args: readonly string[],
    isRight: (answer: EchoAnswer) => boolean,
  ): Promise<void> {
    const areRight = async () => {
      const answers = await this.ask(target, args, SETTLED).catch(() => []);
      return answers.length > 0 && answers.every(isRight);
    };
    await eventually(`right answers from ${target} ${args.join(" ")}`, areRight, SETTLE_WITHIN_MS);
    const before = await this.mutualTlsRequests();
    const answers = await this.ask(target, args, COUNT);
    const wrong = answers.filter((answer) => !isRight(answer));
    assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} of ${COUNT} are wrong`);
    const after = await this.mutualTlsRequests();
    assert.equal(after - before, answers.filter(({ by }) => by !== "").length);
  }

  // How many requests the proxies of both versions took over mTLS.
  async mutualTlsRequests(): Promise<number> {
    let total = 0;
    for (const version of ["v1", "v2"]) {
      const command = ["wget", "-qO-", METRICS];
      const pod = `deployment/echo-${version}`;
      const metrics = await this.#cluster.exec(this.namespace, pod, command, { container: "echo" });
      for (const line of metrics.split("\n")) {
        const isTheirs = line.startsWith("istio_requests_total{") && line.includes(RECEIVED);
        if (isTheirs && line.includes('connection_security_policy="mutual_tls"')) {
          total += Number(line.slice(line.lastIndexOf("}") + 1).trim());
        }
      }
    }
    return total;
  }
}

function deployment(namespace: string, name: string) {
  const version = name.replace("echo-", "");
  const labels = { app: name.startsWith("echo") ? "echo" : name, version };
  const args = ["--port=8080", "--grpc=7070"];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: "echo", image: IMAGE, imagePullPolicy: "IfNotPresent", args }],
        },
      },
    },
  };
}

function service(namespace: string, name: string, selector: object) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector, ports: PORTS },
  };
}

// Lines of one answer begin with its number: "[7] StatusCode=200", "[7 body] Hostname=echo-v1-5b6f".
function answerIn(output: string, index: number): EchoAnswer {
  const starts = [`[${index}] `, `[${index} body] `];
  const lines = output.split("\n").flatMap((line) => {
    const start = starts.find((each) => line.startsWith(each));
    return start === undefined ? [] : [line.slice(start.length)];
  });
  const field = (name: string) =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const by = field("Hostname").split("-").slice(0, -2).join("-");
  return { status: field("StatusCode"), by, text: lines.join("\n") };
}
