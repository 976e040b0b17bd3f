// Builds the dashboard into a folder of static files; tools/prepare.sh says which.

import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2023",
    // The page may load from its own origin only: nothing inline, no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    emptyOutDir: true,
  },
});
