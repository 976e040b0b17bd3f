// The pages.

import type { Place } from "./place.ts";

const PAGES = [
  { page: "overview", href: "#/", name: "Overview" },
  { page: "graph", href: "#/graph", name: "Graph" },
  { page: "tap", href: "#/tap", name: "Live requests" },
  { page: "explain", href: "#/explain", name: "Explain" },
  { page: "configure", href: "#/configure", name: "Configure" },
] as const;

export function Navigation({ place }: { readonly place: Place }) {
  return (
    <nav class="pages" aria-label="Pages">
      {PAGES.map(({ page, href, name }) => (
        <a key={page} href={href} aria-current={page === place.page ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
