// What tells one backend from another: "bookshop/reviews/9080", with a subset
// "bookshop/reviews/9080/v2".

export type BackendName = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly subset: string; // "" for all of the service
  readonly part?: string; // of its endpoints, where what was dialled means one of them
};

export function backendKey({ namespace, service, port, subset, part }: BackendName): string {
  const key = `${namespace}/${service}/${port}`;
  const full = subset === "" ? key : `${key}/${subset}`;
  return part === undefined ? full : `${full}#${part}`;
}
