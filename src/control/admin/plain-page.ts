// A page of one sentence, for a browser that isn't logged in. `text` and `head` are ours.

export function plainPage(text: string, head: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Weft</title>${head}</head>
<body><p>${text}</p><p>Run <code>weft dashboard</code> in the folder of the mesh for a new link.</p>
</body>
</html>
`;
}
