// A CORS filter: which pages of other origins may ask.

import type { FieldReader } from "#ir/field-reader.ts";
import type { CorsPolicy } from "#ir/request-shape.ts";
import type { StringMatch } from "#ir/route.ts";

const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^:/?#\s]+(:[0-9]{1,5})?$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SECONDS_MAX = 2_147_483_647;
const SECONDS_DEFAULT = 5;

export function readCors(settings: FieldReader): CorsPolicy {
  return {
    origins: settings.texts("allowOrigins").flatMap((origin, i) => {
      if (origin === "*" || ORIGIN.test(origin)) return [originMatch(origin)];
      settings.invalidAt(["allowOrigins", i], origin, 'an origin such as "https://shop.example"');
      return [];
    }),
    methods: readNames(settings, "allowMethods"),
    headers: readNames(settings, "allowHeaders"),
    exposed: readNames(settings, "exposeHeaders"),
    maxAgeSeconds: settings.integer("maxAge", 1, SECONDS_MAX) ?? SECONDS_DEFAULT,
    credentials: settings.flag("allowCredentials") ?? false,
    unmatched: "answer",
  };
}

// "*" in a host stands for one label or more.
function originMatch(origin: string): StringMatch {
  if (origin === "*") return { kind: "present" };
  if (!origin.includes("*")) return { kind: "exact", value: origin };
  const parts = origin.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return { kind: "regex", value: parts.join("[^:/]+") };
}

function readNames(settings: FieldReader, list: string): readonly string[] {
  return settings.texts(list).filter((name, i) => {
    if (TOKEN.test(name)) return true;
    settings.invalidAt([list, i], name, "the name of a method or header");
    return false;
  });
}
