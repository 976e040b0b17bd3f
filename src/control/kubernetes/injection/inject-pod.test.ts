import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { parsePodSettings } from "#snapshot/parse-pod-settings.ts";
import type { PodSettings } from "#snapshot/pod-settings.ts";
import { applyPatch } from "./apply-patch.ts";
import { injectPod } from "./inject-pod.ts";
import { INJECTOR, injectedPod, namespaceOf, podOf, WEB } from "./injection-fixture.ts";
import { objectsIn, type Pod, textIn } from "./pod.ts";
import { uninjectPod } from "./uninject-pod.ts";

const golden = (name: string) => resolve(`src/control/kubernetes/injection/golden/${name}`);
const asJson = { serializers: [(value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`] };

test("a pod gets its rules, then its proxy as a native sidecar, before its own containers", (t) => {
  const { pod, warnings } = injectedPod(
    podOf({ spec: { initContainers: [{ name: "migrate", image: "shop/migrate:1" }] } }),
  );
  assert.deepEqual(
    objectsIn(pod.spec, "initContainers").map((container) => textIn(container, "name")),
    ["weft-init", "weft-proxy", "migrate"],
  );
  assert.deepEqual(warnings, []);
  t.assert.fileSnapshot(pod, golden("plain.json"), asJson);
});

test("probes go to the health port, the proxy knows what was meant, and hooks stay", (t) => {
  const { pod, warnings } = injectedPod(podOf({ container: PROBED }));
  assert.match(warnings.join(), /^Hook preStop of container web asks over HTTP without mTLS/);
  t.assert.fileSnapshot(
    { container: objectsIn(pod.spec, "containers")[0], probes: settingsOf(pod).probes },
    golden("probes.json"),
    asJson,
  );
});

const PROBED = {
  startupProbe: { grpc: { port: 9090, service: "shop.Cart" }, timeoutSeconds: 3 },
  livenessProbe: {
    httpGet: {
      path: "/live?deep=1",
      port: "http",
      scheme: "HTTPS",
      httpHeaders: [{ name: "Host", value: "shop.test" }],
    },
    periodSeconds: 5,
  },
  readinessProbe: { tcpSocket: { port: "9090" } },
  lifecycle: {
    postStart: { exec: { command: ["true"] } },
    preStop: { httpGet: { path: "/stop", port: 8080 } },
  },
};

test("probes that aren't the pod's to answer, or run inside it, stay", () => {
  const container = {
    livenessProbe: { httpGet: { host: "status.example", path: "/", port: 80 } },
    readinessProbe: { exec: { command: ["ready"] } },
    startupProbe: { tcpSocket: { port: "nowhere" } },
  };
  const { pod, warnings } = injectedPod(podOf({ container }));
  assert.deepEqual(objectsIn(pod.spec, "containers"), [{ ...WEB, ...container }]);
  assert.match(warnings.join("\n"), /startupProbe of container web is left as it is/);
});

test("probes stay where an annotation says so", () => {
  for (const name of ["config.weft.dev/rewrite-probes", "sidecar.istio.io/rewriteAppHTTPProbers"]) {
    const pod = podOf({ container: PROBED, annotations: { [name]: "false" } });
    const { pod: after } = injectedPod(pod);
    assert.deepEqual(objectsIn(after.spec, "containers"), [{ ...WEB, ...PROBED }]);
    assert.deepEqual(settingsOf(after).probes, []);
  }
});

test("what is taken out again is the pod that it was", () => {
  const pods = [
    podOf({}),
    podOf({ container: PROBED }),
    podOf({ labels: { app: "web" }, annotations: { note: "a" } }),
    podOf({ labels: { app: "web" }, spec: { volumes: [{ name: "data", emptyDir: {} }] } }),
    podOf({
      spec: { initContainers: [{ ...WEB, ...PROBED, name: "own", restartPolicy: "Always" }] },
    }),
  ];
  for (const pod of pods) {
    const { pod: after } = injectedPod(pod);
    const uninjection = uninjectPod(after);
    assert.ok(uninjection.kind === "uninjected");
    assert.deepEqual(applyPatch(after, uninjection.patch), pod);
    assert.equal(uninjectPod(pod).kind, "skipped");
  }
});

test("a second injection changes nothing", () => {
  const { pod } = injectedPod(podOf({ container: PROBED }));
  const again = injectPod({ pod, namespace: namespaceOf(), isAsked: true }, INJECTOR);
  assert.ok(again.kind === "skipped");
  assert.equal(again.code, "already-injected");
});

test("some pods can't have a proxy, whoever asks", () => {
  const labels = { "weft.dev/inject": "enabled" };
  const cases: readonly (readonly [Pod, string, string])[] = [
    [podOf({ labels, spec: { hostNetwork: true } }), "shop", "host-network"],
    [podOf({ labels }), "kube-system", "system-namespace"],
    [podOf({ labels }), "weft-system", "system-namespace"],
    [podOf({ labels, container: { name: "istio-proxy" } }), "shop", "other-mesh"],
    [podOf({ labels, spec: { initContainers: [{ name: "linkerd-init" }] } }), "shop", "other-mesh"],
    [podOf({ labels, spec: { os: { name: "windows" } } }), "shop", "windows"],
    [podOf({ labels, annotations: { "kubernetes.io/config.mirror": "x" } }), "shop", "static-pod"],
  ];
  for (const [pod, namespace, code] of cases) {
    const whole = { pod, namespace: namespaceOf({}, {}, namespace), isAsked: true };
    const injection = injectPod(whole, INJECTOR);
    assert.equal(injection.kind === "skipped" && injection.code, code);
  }
});

test("what passes beside the proxy is told", () => {
  const { warnings, pod } = injectedPod(
    podOf({
      container: {
        securityContext: { runAsUser: 1337 },
        ports: [{ containerPort: 53, protocol: "UDP" }, { containerPort: 15001 }],
      },
    }),
    { namespace: namespaceOf({ "pod-security.kubernetes.io/enforce": "restricted" }) },
  );
  const text = warnings.join("\n");
  for (const part of [
    /runs as user 1337/,
    /Port 53\/UDP/,
    /Port 15001/,
    /weft-init needs NET_AD/,
  ]) {
    assert.match(text, part);
  }
  assert.equal(pod.metadata["annotations"]?.["weft.dev/warnings" as never], text);
});

function settingsOf(pod: Pod): PodSettings {
  const proxy = objectsIn(pod.spec, "initContainers")[1]!;
  const variable = objectsIn(proxy, "env").find((each) => each["name"] === "WEFT_SETTINGS")!;
  const parsing = parsePodSettings(String(variable["value"]));
  assert.ok(parsing.kind === "parsed");
  return parsing.settings;
}
