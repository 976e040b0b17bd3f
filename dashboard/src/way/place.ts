// Where in the dashboard somebody is, as the address says it: "#/workloads/bookshop/web",
// "#/explain?to=reviews:9080". Anything else is the overview: its parts have plain anchors.

export type Place =
  | { readonly page: "overview" }
  | { readonly page: "graph"; readonly asked: URLSearchParams }
  | { readonly page: "workload"; readonly namespace: string; readonly name: string }
  | { readonly page: "service"; readonly namespace: string; readonly name: string }
  | { readonly page: "tap"; readonly asked: URLSearchParams }
  | { readonly page: "explain"; readonly asked: URLSearchParams }
  | { readonly page: "configure"; readonly asked: URLSearchParams };

export function parsePlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page, first, second, ...rest] = path.split("/").map(decode);
  const asked = new URLSearchParams(query);
  const isNamed = first !== undefined && second !== undefined && rest.length === 0;
  switch (hash.startsWith("#/") ? page : "") {
    case "graph":
      return { page: "graph", asked };
    case "workloads":
      return isNamed ? { page: "workload", namespace: first, name: second } : { page: "overview" };
    case "services":
      return isNamed ? { page: "service", namespace: first, name: second } : { page: "overview" };
    case "tap":
      return { page: "tap", asked };
    case "explain":
      return { page: "explain", asked };
    case "configure":
      return { page: "configure", asked };
    default:
      return { page: "overview" };
  }
}

type Named = { readonly namespace: string; readonly name: string };

export function workloadPlace({ namespace, name }: Named): string {
  return `#/workloads/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}

export function servicePlace({ namespace, name }: Named): string {
  return `#/services/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}

export function askedPlace(
  page: "graph" | "tap" | "explain" | "configure",
  asked: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && value !== "") parameters.set(name, value);
  }
  const query = parameters.toString();
  return query === "" ? `#/${page}` : `#/${page}?${query}`;
}

// Goes there in place of where somebody is: not a step that is gone back to.
export function changePlace(place: string): void {
  history.replaceState(null, "", place);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

// What can't be decoded is no name of ours.
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
