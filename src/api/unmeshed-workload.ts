// A workload of a cluster whose pods, or some of them, have no proxy.

export type UnmeshedReason =
  // Somebody wants proxies beside them, and they were made before the injector knew or could.
  | "started-before"
  // Neither they nor their namespace ask.
  | "namespace-not-enabled"
  // They say no themselves, by a label or an annotation.
  | "opted-out"
  // Their node's network is theirs.
  | "host-network"
  // They can't have one for another reason: another mesh's proxy, Windows, a static pod.
  | "not-possible";

export type UnmeshedWorkload = {
  readonly namespace: string;
  readonly name: string; // of the controller; a pod that nobody made for: its own
  readonly kind: string; // "Deployment", "Job", "Pod"
  readonly reason: UnmeshedReason;
  // A command, or a sentence where no command helps.
  readonly remedy: string;
};
