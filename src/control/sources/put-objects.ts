// Brings objects into the files of a mesh: one that a file has already takes its place there, a new
// one comes to the end of a file of its own name.

import { type ObjectName, objectSpans } from "./object-spans.ts";

export type NamedText = { readonly file: string; readonly text: string };

// The files that change, whole. `coming`: files as they are brought.
export function putObjects(
  standing: readonly NamedText[],
  coming: readonly NamedText[],
): readonly NamedText[] {
  const texts = new Map(standing.map(({ file, text }) => [file, text]));
  const changed = new Set<string>();
  const put = (file: string, text: string): void => {
    if (texts.get(file) === text) return;
    texts.set(file, text);
    changed.add(file);
  };
  for (const { file, text } of coming) {
    for (const span of objectSpans(text)) {
      const own = tidy(text.slice(span.start, span.end));
      const place = findPlace(texts, span);
      if (place) put(place.file, place.replacedBy(own));
      else put(file, appended(texts.get(file), own));
    }
  }
  return [...changed].map((file) => ({ file, text: texts.get(file)! }));
}

function findPlace(texts: ReadonlyMap<string, string>, { kind, namespace, name }: ObjectName) {
  for (const [file, text] of texts) {
    const span = objectSpans(text).find(
      (own) => own.kind === kind && own.namespace === namespace && own.name === name,
    );
    if (!span) continue;
    const replacedBy = (own: string): string => {
      if (tidy(text.slice(span.start, span.end)) === own) return text;
      return text.slice(0, span.start) + own + text.slice(span.end);
    };
    return { file, replacedBy };
  }
  return undefined;
}

function appended(text: string | undefined, own: string): string {
  if (text === undefined || text.trim() === "") return own;
  return `${text.trimEnd()}\n---\n${own}`;
}

function tidy(text: string): string {
  return `${text.trim()}\n`;
}
