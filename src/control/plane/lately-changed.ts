// Which documents changed lately. What a cluster changes by itself all the time, as pods come and
// go, is no news.

import { isDeepStrictEqual } from "node:util";
import type { ChangedObject, MeshChange } from "#api/mesh-change.ts";
import { LIMITS } from "#base/limits.ts";
import type { Document } from "#ir/document.ts";

const MOVING: ReadonlySet<string> = new Set(["EndpointSlice", "Endpoints", "Pod", "Node"]);
// Files of one save, objects of one `kubectl apply`.
const TOGETHER_MS = 2_000;

export class LatelyChanged {
  #known: ReadonlySet<Document>;
  // The newest first.
  #changes: readonly MeshChange[] = [];

  constructor(documents: readonly Document[]) {
    this.#known = tracked(documents);
  }

  get changes(): readonly MeshChange[] {
    return this.#changes;
  }

  // A cluster's pods bring a set many times a second: what is the same object as before hasn't
  // changed, and nearly always that is all of them.
  note(documents: readonly Document[], atMs: number): void {
    const known = this.#known;
    if (isSameAs(known, documents)) return;
    const now = tracked(documents);
    const fresh = [...now].filter((document) => !known.has(document));
    this.#known = now;
    const before = new Map<string, Document>();
    for (const document of known) if (!now.has(document)) before.set(keyOf(document), document);
    const objects: ChangedObject[] = [];
    for (const document of fresh) {
      const old = before.get(keyOf(document));
      before.delete(keyOf(document));
      if (old === undefined) objects.push(changed(document, "added"));
      else if (!isDeepStrictEqual(told(old), told(document))) {
        objects.push(changed(document, "changed"));
      }
    }
    for (const document of before.values()) objects.push(changed(document, "removed"));
    if (objects.length > 0) this.#add(objects, atMs);
  }

  #add(objects: readonly ChangedObject[], atMs: number): void {
    const [last, ...others] = this.#changes;
    const isJoined = last !== undefined && atMs - last.atMs < TOGETHER_MS;
    const all = isJoined ? [...last.objects, ...objects] : objects;
    const listed = all.slice(0, LIMITS.changeObjectsToldMax);
    const further = (isJoined ? last.further : 0) + all.length - listed.length;
    const rest = isJoined ? others : this.#changes;
    this.#changes = [{ atMs, objects: listed, further }, ...rest].slice(0, LIMITS.changesToldMax);
  }
}

function isSameAs(known: ReadonlySet<Document>, documents: readonly Document[]): boolean {
  let count = 0;
  for (const document of documents) {
    if (known.has(document)) count++;
    else if (!MOVING.has(document.kind)) return false;
  }
  return count === known.size;
}

function tracked(documents: readonly Document[]): ReadonlySet<Document> {
  return new Set(documents.filter(({ kind }) => !MOVING.has(kind)));
}

function keyOf({ kind, namespace, name }: Document): string {
  return `${kind}/${namespace}/${name}`;
}

// What its owner has written.
function told({
  labels,
  annotations,
  spec,
  object: { status: _, metadata: __, ...rest },
}: Document) {
  return { labels, annotations, spec, rest };
}

function changed(document: Document, what: ChangedObject["what"]): ChangedObject {
  const { kind, namespace, name, origin } = document;
  return { kind, namespace, name, what, file: origin.position?.file ?? null };
}
