// What tells one backend from another: "bookshop/reviews/9080", with a subset
// "bookshop/reviews/9080/v2".

export type BackendName = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly subset: string; // "" for all of the service
};

export function backendKey({ namespace, service, port, subset }: BackendName): string {
  const key = `${namespace}/${service}/${port}`;
  return subset === "" ? key : `${key}/${subset}`;
}
