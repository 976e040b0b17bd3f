// Where something in the model comes from: which object, and where it is written.

export type ObjectRef = {
  readonly group: string; // "gateway.networking.k8s.io", "" for Kubernetes' core
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

// Lines and columns count from 1. `file` is relative to the folder of documents.
export type Position = { readonly file: string; readonly line: number; readonly column: number };

export type Origin = { readonly ref: ObjectRef; readonly position: Position | undefined };

export function refText(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}

export function positionText(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}
