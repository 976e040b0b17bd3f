// The control plane of a mesh of pods: the API server has the truth, and each replica reads it for
// itself. Nothing here is on a disk that outlives it.

import type { UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import type { Random } from "#base/random.ts";
import { Authority } from "#control/authority/authority.ts";
import { type Discovery, discover } from "#control/discovery/discover.ts";
import { PodJoin } from "#control/discovery/join-pods.ts";
import { readableKinds } from "#control/discovery/translators.ts";
import { TokenReviewer } from "#control/kubernetes/token-reviewer.ts";
import type { ClusterSet } from "#control/sources/cluster-set.ts";
import { ClusterSource } from "#control/sources/cluster-source.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import type { PodFacts } from "#ir/pod.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { Registration } from "#snapshot/registration.ts";
import { ClockRevisions } from "./clock-revisions.ts";
import { clusterRoot } from "./cluster-root.ts";
import { ControlPlane, type PodView } from "./control-plane.ts";
import type { ControlSettings, ControlWorld } from "./control-settings.ts";
import { HeldTrustDomain, onlyOwnMeshConfigs } from "./mesh-config-rules.ts";
import type { ControlPlaneOpening } from "./open-on-folder.ts";
import { OwnCertificate } from "./own-certificate.ts";
import { unmeshedWorkloads } from "./unmeshed-workloads.ts";

export type ClusterWorld = ControlWorld & {
  readonly api: ClusterApi;
  readonly random: Random;
  readonly namespace: string; // the control plane's own
  readonly serviceAccount: string;
  // Before it has read everything: what it waits for.
  readonly waiting: (source: ClusterSource) => void;
};

const AUDIENCE = "weft.dev";

// Takes as long as the API server is away. `changed`: objects were read anew.
export async function openInCluster(
  settings: ControlSettings,
  world: ClusterWorld,
  changed: () => void,
): Promise<ControlPlaneOpening> {
  const { clock, log, api } = world;
  let current: ControlPlane | undefined;
  let set: ClusterSet | undefined;
  const join = new PodJoin();
  const source = new ClusterSource({ ...world, kinds: readableKinds() }, (next) => {
    set = next;
    current?.read(next);
  });
  world.waiting(source);
  const first = await source.start();
  set ??= first;
  let held: HeldTrustDomain | undefined;
  const understand = (all: DocumentSet, previous?: Discovery): Discovery => {
    const own = onlyOwnMeshConfigs(all, world.namespace);
    const read = discover(own, previous, settings.mesh);
    const found = held ? held.hold(read, own.documents) : read;
    return { ...found, model: join.join(found.model, set ?? first) };
  };
  const discovery = understand(set);
  const { trustDomain } = discovery.model.mesh;
  held = new HeldTrustDomain(trustDomain);
  const loading = await clusterRoot({ ...world, trustDomain });
  if (loading.kind === "refused") {
    source.stop();
    return loading;
  }
  const signing = {
    ...{ clock, log, trustDomain },
    // Asked for each certificate: an object may change it.
    get certificateLifeMs() {
      return (current?.model ?? discovery.model).mesh.certificateLifeMs;
    },
  };
  const authority = await Authority.withRoot(signing, loading.root);
  const { namespace, serviceAccount } = world;
  const identity = { trustDomain, namespace, serviceAccount };
  const own = new OwnCertificate(authority, identity, clock, log);
  const credentials = await own.start((renewed) => current?.replace(renewed));
  current = new ControlPlane(
    {
      ...{ settings, world, changed, source, discovery, authority, identity, own },
      documents: set,
      discover: understand,
      attestor: new TokenReviewer({ api, clock, log, audience: AUDIENCE }),
      revisions: new ClockRevisions(clock),
      pods: podView(join, trustDomain, () => set ?? first),
    },
    (events) => world.proxyEntrance(credentials, events, log),
  );
  // What has come meanwhile.
  if (set !== first) current.read(set);
  await current.listen();
  return { kind: "opened", controlPlane: current };
}

// The same registration as long as the pod is the same.
function podView(join: PodJoin, trustDomain: string, set: () => ClusterSet): PodView {
  const known = new WeakMap<PodFacts, Registration>();
  let seen: ClusterSet | undefined;
  let unmeshed: readonly UnmeshedWorkload[] = [];
  return {
    has: (key) => join.has(key),
    // Asked for every second.
    get unmeshed() {
      const now = set();
      if (now !== seen) unmeshed = unmeshedWorkloads(now);
      seen = now;
      return unmeshed;
    },
    get registrations() {
      return [...set().pods].flatMap(([key, pod]): readonly Registration[] => {
        const [address] = pod.addresses;
        if (address === undefined || !join.has(key)) return [];
        const registration = known.get(pod) ?? registrationOf(pod, address, trustDomain);
        known.set(pod, registration);
        return [registration];
      });
    },
  };
}

function registrationOf(pod: PodFacts, address: string, trustDomain: string): Registration {
  const { namespace, name, serviceAccount, isReady } = pod;
  const identity = formatSpiffeId({ trustDomain, namespace, serviceAccount });
  return { namespace, name, identity, address, meshPort: POD_PORTS.mesh, isReady };
}
