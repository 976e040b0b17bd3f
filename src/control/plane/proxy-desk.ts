// Takes the control streams of proxies: checks that a proxy speaks for the workload that its
// certificate allows, and passes on what it says.

import type { ControlPeer } from "#control/distribution/control-listener.ts";
import type { Session } from "#control/distribution/session.ts";
import type { PacedProxy } from "#control/reports/report-pace.ts";
import type { TapProxy } from "#control/reports/tap-desk.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import type { Hello, Pace, UpMessage, Watch } from "#snapshot/messages.ts";
import type { ControlPlane } from "./control-plane.ts";

export class ProxyDesk {
  readonly #plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  open(peer: ControlPeer): { message(message: UpMessage): void; closed(): void } {
    let session: Session | undefined;
    let followed: (TapProxy & PacedProxy) | undefined;
    return {
      message: (said) => {
        if (said.type === "hello" && !session) {
          session = this.#greet(peer, said);
          if (session) followed = this.#follow(peer, session);
        } else if (said.type === "tap" && followed) this.#plane.taps.hear(followed, said);
        else if (session) this.#hear(session, said);
        else peer.close();
      },
      closed: () => {
        if (!session) return;
        this.#plane.distributor.close(session);
        this.#plane.taps.leave(followed!);
        this.#plane.reports.pace.leave(followed!);
        if (this.#plane.distributor.has(session.key)) return;
        this.#plane.registry.disconnected(session.key);
        this.#plane.certificates.forget(session.key);
      },
    };
  }

  #greet(peer: ControlPeer, hello: Hello): Session | undefined {
    const refusal = this.#refusal(peer, hello);
    if (refusal !== undefined) {
      peer.send({ type: "notice", code: "refused", message: refusal });
      peer.close();
      return undefined;
    }
    const plane = this.#plane;
    const { namespace, name } = hello.workload;
    const identity = formatSpiffeId(peer.identity);
    plane.exceedRevision(hello.revision);
    peer.send({ type: "bundle", trust: plane.authority.trust });
    const session = plane.distributor.open(hello, (message) => peer.send(message));
    const { address, meshPort, isReady } = hello;
    const registration = { namespace, name, identity, address, meshPort, isReady };
    if (!plane.isPod(session.key)) plane.registry.put(registration);
    plane.certificates.note(session.key, identity);
    return session;
  }

  #follow(peer: ControlPeer, { key }: Session): TapProxy & PacedProxy {
    const send = (message: Watch | Pace) => peer.send(message);
    const proxy = { key, watch: send, pace: send };
    this.#plane.taps.greet(proxy);
    this.#plane.reports.pace.greet(proxy);
    return proxy;
  }

  #refusal({ identity }: ControlPeer, { workload }: Hello): string | undefined {
    const { namespace, name } = workload;
    if (identity.trustDomain !== this.#plane.identity.trustDomain) {
      return `The trust domain here is "${this.#plane.identity.trustDomain}"`;
    }
    const known = this.#plane.snapshot.workloads.get(`${namespace}/${name}`);
    if (!known) return this.#unknown(`${namespace}/${name}`);
    if (namespace === identity.namespace && known.serviceAccount === identity.serviceAccount) {
      return undefined;
    }
    const own = `${known.namespace}/${known.serviceAccount}`;
    return `"${namespace}/${name}" has the service account ${own}, and the proxy shows another`;
  }

  // A pod that has just come may not be known yet: its proxy comes again.
  #unknown(key: string): string {
    const isInCluster = this.#plane.settings.documents === "";
    return isInCluster
      ? `There is no pod "${key}" with a proxy (label weft.dev/proxy, container weft-proxy)`
      : `No document declares the workload "${key}"`;
  }

  #hear(session: Session, said: UpMessage): void {
    const { distributor, registry, reports } = this.#plane;
    switch (said.type) {
      case "want":
        return session.want(said.keys);
      case "drop":
        return session.drop(said.keys);
      case "ack":
        return distributor.acknowledge(session, said.revision);
      case "nack":
        return distributor.refuse(session, said.revision, said.reason);
      case "state":
        return registry.setReady(session.key, said.isReady);
      case "report": {
        const [namespace = "", workload = ""] = session.key.split("/");
        return reports.add({ namespace, workload }, said.report);
      }
      default:
      // A newer proxy may say more than we know.
    }
  }
}
