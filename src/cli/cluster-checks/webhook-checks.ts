// weft-webhooks-and-apisvc-tls: does the API server reach the injector, and trust it?

import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { connect, type PeerCertificate } from "node:tls";
import type { Check, CheckCategory } from "#api/check-result.ts";
import { LIMITS } from "#base/limits.ts";
import { NAMES, PORTS } from "#install/names.ts";
import { openPodPort } from "#kubernetes/pod-port.ts";
import { failed, passed, warned } from "./check-of.ts";
import { type CheckWorld, findObject, listIn, textIn } from "./check-world.ts";
import { certificatesIn } from "./identity-checks.ts";

const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const PATH = `${CONFIGURATIONS}/${NAMES.injector}`;
const SERVER_NAME = `${NAMES.control}.${NAMES.namespace}.svc`;
const LEADER = "The control plane's leader writes it: see its logs";
const HOUR_MS = 3_600_000;

export async function webhookChecks(
  world: CheckWorld,
  roots: readonly X509Certificate[],
  pod: string | undefined,
): Promise<CheckCategory> {
  const name = `MutatingWebhookConfiguration ${NAMES.injector} is there`;
  const category = (...checks: readonly Check[]): CheckCategory => {
    return { name: "weft-webhooks-and-apisvc-tls", checks };
  };
  const found = await findObject(world, PATH);
  if (found.kind === "missing") {
    return category(failed(name, "it is missing", "Apply `weft upgrade` again"));
  }
  if (found.kind === "failed") return category(failed(name, found.reason, "See `kubectl auth`"));
  const bundles = listIn(found.object, "webhooks").map((each) =>
    Buffer.from(textIn(each, "clientConfig", "caBundle"), "base64").toString("utf8"),
  );
  const served = pod === undefined ? [] : [await servedCheck(world, pod, bundles[0] ?? "")];
  return category(passed(name), bundleCheck(bundles, roots), ...served);
}

function bundleCheck(bundles: readonly string[], roots: readonly X509Certificate[]): Check {
  const name = "its caBundle is the mesh's roots";
  const wanted = new Set(roots.map((root) => root.fingerprint256));
  const isRight = bundles.every((bundle) => {
    const had = certificatesIn(bundle).map((each) => each.fingerprint256);
    return had.length > 0 && had.length === wanted.size && had.every((each) => wanted.has(each));
  });
  if (isRight && bundles.length > 0) return passed(name);
  const isEmpty = bundles.some((bundle) => bundle === "");
  return failed(name, isEmpty ? "an entry has none" : "it has other certificates", LEADER);
}

async function servedCheck({ api, wallMs }: CheckWorld, pod: string, ca: string): Promise<Check> {
  const name = "the injector's certificate is valid for its name";
  const where = { namespace: NAMES.namespace, pod, port: PORTS.webhook };
  const opening = await openPodPort(api, where);
  if (opening.kind === "failed")
    return failed(name, opening.reason, "See the control plane's logs");
  const shown = await shownCertificate(opening.stream, ca);
  opening.stream.destroy();
  if (typeof shown === "string") return failed(name, shown, "See the control plane's logs");
  const until = Date.parse(shown.valid_to);
  const detail = `until ${new Date(until).toISOString()}`;
  if (until - wallMs > HOUR_MS) return passed(name, detail);
  return warned(name, detail, "It is renewed at half of its life: see the control plane's logs");
}

// Or why it isn't accepted.
function shownCertificate(stream: Duplex, ca: string): Promise<PeerCertificate | string> {
  return new Promise((resolve) => {
    const options = { socket: stream, ca, servername: SERVER_NAME, minVersion: "TLSv1.2" } as const;
    const socket = connect(options, () => resolve(socket.getPeerCertificate()));
    socket.setTimeout(LIMITS.adminRequestTimeoutMs, () => resolve("no answer in time"));
    socket.on("error", (error) => resolve(error.message));
  });
}
