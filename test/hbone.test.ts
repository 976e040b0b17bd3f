// HBONE, as Istio's ambient mode speaks it, to the mesh port of a sidecar: node:http2 is the other
// mesh's proxy.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { parseOpenMetrics, type Sample } from "#proxy/telemetry/parse-open-metrics.ts";
import { DEAD_PORT, GREETING, HTTP_PORT, hboneMesh, TCP_PORT } from "./support/hbone-mesh.ts";
import { ask, connectTo, openTunnel, readAll } from "./support/hbone-peer.ts";

const STREAMS_MAX = 250;

test("bytes flow both ways through a tunnel, and each direction ends by itself", async (t) => {
  const { peer, authority } = await hboneMesh(t);
  const { session } = peer();
  const tunnel = await openTunnel(session, authority(TCP_PORT), {
    baggage: "k8s.namespace.name=ambient,k8s.deployment.name=web",
    forwarded: "for=10.0.0.1;by=10.0.0.2",
    "x-forwarded-network": "elsewhere",
  });
  const sent = Buffer.alloc(1_000_000, "hbone");
  const text = readAll(tunnel);
  tunnel.end(sent);
  assert.equal(await text, GREETING + sent.toString("latin1"));
});

test("the server's first words come without a byte from the peer", async (t) => {
  const { peer, authority } = await hboneMesh(t);
  const { session } = peer();
  const tunnel = await openTunnel(session, authority(TCP_PORT));
  const [first] = await once(tunnel.setEncoding("latin1"), "data");
  assert.equal(first, GREETING);
});

test("a request inside a tunnel is the application's, byte for byte", async (t) => {
  const { peer, authority } = await hboneMesh(t);
  const { session } = peer();
  const tunnel = await openTunnel(session, authority(HTTP_PORT));
  const text = readAll(tunnel);
  tunnel.write("GET /inside HTTP/1.1\r\nhost: anybody\r\nconnection: close\r\n\r\n");
  assert.match(await text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*plain \/inside/);
});

test("a tunnel is counted with the peer's proven identity, as mutual TLS", async (t) => {
  const { peer, authority, metrics } = await hboneMesh(t);
  const { session } = peer();
  for (const namespace of ["ambient", "shop"]) {
    const baggage = `k8s.namespace.name=${namespace},k8s.deployment.name=web`;
    const tunnel = await openTunnel(session, authority(TCP_PORT), { baggage });
    tunnel.end("bytes");
    await readAll(tunnel);
  }
  let labels: readonly Sample["labels"][] = [];
  await eventually("both are counted", async () => {
    labels = parseOpenMetrics(await metrics())
      .flatMap(({ samples }) => samples)
      .filter(({ name }) => name === "istio_tcp_connections_opened_total")
      .map((sample) => sample.labels);
    return labels.length === 2;
  });
  for (const label of labels) {
    assert.equal(label.get("source_principal"), "spiffe://mesh.local/ns/ambient/sa/ztunnelled");
    assert.equal(label.get("connection_security_policy"), "mutual_tls");
    assert.equal(label.get("source_workload_namespace"), "ambient");
    assert.equal(label.get("destination_service_name"), "chat");
    assert.equal(label.get("request_protocol"), "tcp");
  }
  // Nobody speaks for another namespace than his certificate's.
  const workloads = labels.map((label) => label.get("source_workload"));
  assert.deepEqual(workloads.sort(), ["unknown", "web"]);
});

test("an application that takes no connection is a 503 with its cause", async (t) => {
  const { peer, authority } = await hboneMesh(t);
  const { status, cause } = await ask(peer().session, connectTo(authority(DEAD_PORT)));
  assert.deepEqual([status, cause], [503, "upstream-refused"]);
});

test("a connection carries as many tunnels as any of the mesh, and the next one waits", async (t) => {
  const { peer, authority, sockets } = await hboneMesh(t);
  const { session, refusal } = peer();
  assert.equal(await refusal, "");
  assert.equal(session.remoteSettings.maxConcurrentStreams, STREAMS_MAX);
  const opening = Array.from({ length: STREAMS_MAX }, () =>
    openTunnel(session, authority(TCP_PORT)),
  );
  const tunnels = await Promise.all(opening);
  await eventually("all are open", () => sockets.size === STREAMS_MAX);
  const next = openTunnel(session, authority(TCP_PORT));
  const [first] = tunnels;
  first!.resume().end();
  const last = await next;
  const text = readAll(last);
  last.end("in turn");
  assert.equal(await text, `${GREETING}in turn`);
});

test("a proxy that drains says GOAWAY and lets open tunnels end by themselves", async (t) => {
  const { peer, backend, authority } = await hboneMesh(t);
  const { session } = peer();
  const tunnel = await openTunnel(session, authority(TCP_PORT));
  const goneAway = once(session, "goaway");
  const drained = backend.dataPlane.drain();
  assert.deepEqual((await goneAway)[0], 0);
  const text = readAll(tunnel);
  tunnel.end("still here");
  assert.equal(await text, `${GREETING}still here`);
  await drained;
});
