// Two real data planes in virtual time on a virtual network, and the control plane that has told
// them their plans before it went away. It can come back to tell them others.

import type { FileSystem } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { PlanStore } from "#proxy/feed/plan-store.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import { codecTools } from "#proxy/http2/test-tools.ts";
import { FakeSampler } from "#proxy/overload/fake-sampler.ts";
import { DataPlane } from "#proxy/pipeline/data-plane.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";
import { type Credentials, credentialsOf } from "#proxy/tls/credentials.ts";
import { CredentialsFile } from "#proxy/tls/credentials-file.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { encodeMessage } from "#snapshot/message-frames.ts";
import type { Update } from "#snapshot/messages.ts";
import { TestAuthority } from "../support/test-authority.ts";
import { type Fault, Faults, faultyClock } from "./fault.ts";
import {
  ADDRESS,
  APPLICATION_PORTS,
  BACK,
  BACK_OFFSET,
  backPlans,
  FRONT,
  frontPlans,
  gatewayPlan,
  PORTS,
} from "./sample-mesh.ts";
import { VirtualFiles } from "./virtual-files.ts";
import { VirtualNetwork } from "./virtual-network.ts";
import { VirtualTime } from "./virtual-time.ts";

export const SECRET = "a-secret-of-the-test";
const CREDENTIALS_LIFE_MS = 1_000 * 3_600_000;

export type Identities = { readonly front: Credentials; readonly back: Credentials };

// Made once for all meshes: they cost more than a mesh.
export async function makeIdentities(): Promise<Identities> {
  const authority = await TestAuthority.create();
  const issue = async (identity: string): Promise<Credentials> => {
    const material = await authority.issue({ uris: [identity], lifeMs: CREDENTIALS_LIFE_MS });
    const { keyPem, certificatePem, trustPem } = material;
    const reading = credentialsOf(keyPem, certificatePem, trustPem);
    if (reading.kind === "invalid") throw new Error(reading.reason);
    return reading.credentials;
  };
  return { front: await issue(FRONT), back: await issue(BACK) };
}

export class VirtualMesh {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly network: VirtualNetwork;
  readonly front: DataPlane;
  readonly back: DataPlane;
  // The ids of requests that must not arrive twice, as they arrived.
  readonly delivered: string[] = [];
  // What those who ask complain about, in the end.
  readonly checks: (() => readonly string[])[] = [];
  // How those who ask go away, in the end.
  readonly leaving: (() => void)[] = [];

  constructor(identities: Identities, faults: readonly Fault[], isAtGateway = false) {
    this.time = new VirtualTime(identities.front.notBeforeMs + 3_600_000);
    this.faults = new Faults(faults);
    this.network = new VirtualNetwork(this.time, this.faults);
    this.network.silence(PORTS.control);
    const tcp = [{ key: "back.shop:9000", on: { address: ADDRESS, port: PORTS.tcp } }];
    const front = settingsOf("front", identities.front, 0);
    const back = settingsOf("back", identities.back, BACK_OFFSET);
    const own = isAtGateway ? { gateway: { plan: gatewayPlan(), keys: [], sockets: [] } } : { tcp };
    this.front = this.#proxy({ ...front, ...own }, identities.front, frontPlans(1));
    this.back = this.#proxy(back, identities.back, backPlans());
  }

  async start(): Promise<void> {
    for (const proxy of [this.front, this.back]) {
      const refusal = await proxy.start();
      if (refusal !== undefined) throw new Error(refusal);
    }
  }

  // For whoever asks or answers: what a codec needs, without faults.
  get tools(): CodecTools {
    return { ...codecTools(this.time), flusher: new TickFlusher(this.time.schedule) };
  }

  // The control plane comes back, and tells `front` this.
  install(update: Update): void {
    for (const { connected } of this.network.unanswered(PORTS.control).slice(0, 1)) {
      const [near, far] = memoryStreamPair(this.time.schedule);
      new Http2ServerConnection(
        far,
        {
          request(_head, stream) {
            stream.respond({ status: 200, headers: [], contentLength: -1 });
            stream.write(encodeMessage(update));
            return { data() {}, end() {}, fail() {}, drained() {} };
          },
          refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
        },
        this.tools,
        () => {},
      );
      connected(near, { identity: "", notAfterMs: 0, chain: [] });
      this.time.after(500, () => near.destroy());
    }
  }

  #proxy(settings: ProxySettings, credentials: Credentials, plans: Update): DataPlane {
    const files: FileSystem = new VirtualFiles();
    new CredentialsFile(files, settings.stateFolder).write(credentials);
    new PlanStore(files, settings.stateFolder, silentLog).save(plans);
    const { identity, notAfterMs } = credentials;
    const world = {
      clock: faultyClock(this.time, this.faults),
      random: seededRandom(1),
      files,
      network: this.network.of({ identity, notAfterMs, chain: [] }),
      endOfTick: this.time.schedule,
      log: silentLog,
      sampler: new FakeSampler(),
    };
    return new DataPlane(settings, world, () => {});
  }
}

function settingsOf(
  name: string,
  { identity, trustPem }: Credentials,
  offset: number,
): ProxySettings {
  const listenOn = (port: number) => ({ address: ADDRESS, port: port + offset });
  return {
    version: "test",
    workload: { namespace: "shop", name },
    identity,
    stateFolder: `/${name}`,
    control: { address: ADDRESS, port: PORTS.control },
    controlIdentity: "spiffe://mesh.local/ns/weft/sa/control",
    trust: trustPem,
    token: undefined,
    secret: SECRET,
    outbound: listenOn(PORTS.outbound),
    mesh: listenOn(PORTS.mesh),
    metrics: listenOn(PORTS.metrics),
    health: listenOn(PORTS.health),
    tcp: [],
    application: APPLICATION_PORTS.map((port) => ({ declared: port, address: ADDRESS, port })),
    readiness: { kind: "none" },
  };
}
