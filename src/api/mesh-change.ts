// Documents that changed together, whoever changed them.

export type MeshChange = {
  readonly atMs: number; // wall clock
  readonly objects: readonly ChangedObject[];
  readonly further: number; // changed too, and not listed
};

export type ChangedObject = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly what: "added" | "changed" | "removed";
  readonly file: string | null; // where it stands, or stood; null in a cluster
};

// "HTTPRoute shop/web changed, Service shop/cart removed, and 3 more"
export function changeText({ objects, further }: MeshChange): string {
  const named = objects.map(({ kind, namespace, name, what }) => {
    return `${kind} ${namespace}/${name} ${what}`;
  });
  return [...named, ...(further > 0 ? [`and ${further} more`] : [])].join(", ");
}
