// Istio's: what its objects say holds for every namespace that has none of its own.
export const ROOT_NAMESPACE = "istio-system";

// For what a mesh of pods says of itself, its own namespace as well.
export const ROOT_NAMESPACES: readonly string[] = [ROOT_NAMESPACE, "weft-system"];

export function isRootNamespace(namespace: string): boolean {
  return ROOT_NAMESPACES.includes(namespace);
}
