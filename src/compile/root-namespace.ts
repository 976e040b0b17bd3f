// Istio's: what its objects say holds for every namespace that has none of its own.
export const ROOT_NAMESPACE = "istio-system";
