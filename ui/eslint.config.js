// What a program checks of the interface: import tiers, no `any`, no console, the rules of hooks.
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const tauri = { group: ["@tauri-apps/*"], message: "Only src/host speaks to Tauri; use useHost()." };
const shell = { group: ["**/shell/*", "**/shell"], message: "Tiers: primitives ← parts ← panels ← shell. Pass a prop instead." };
const panels = { group: ["**/panels/*", "**/panels/*/*"], message: "Tiers: primitives ← parts ← panels ← shell." };
const parts = { group: ["**/parts/*", "**/parts/*/*"], message: "Tiers: primitives ← parts ← panels ← shell." };
const domain = { group: ["**/bindings", "**/bindings/*", "**/host", "**/host/*"], message: "Primitives know nothing of the domain." };
const restrict = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

const panelNames = ["chat", "relay", "keys", "usage", "settings"];
const otherPanels = (name) => ({
  group: panelNames.filter((other) => other !== name).flatMap((other) => [`**/${other}/*`, `**/panels/${other}`]),
  message: "Panels do not import one another; the shell connects them.",
});

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/bindings"] },
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [tseslint.configs.recommended],
    plugins: { "react-hooks": hooks },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 300 }],
      ...restrict(tauri),
    },
  },
  { files: ["src/host/**"], rules: restrict(shell, panels, parts) },
  { files: ["src/primitives/**"], rules: restrict(tauri, shell, panels, parts, domain) },
  { files: ["src/parts/**"], rules: restrict(tauri, shell, panels) },
  ...panelNames.map((name) => ({ files: [`src/panels/${name}/**`], rules: restrict(tauri, shell, otherPanels(name)) })),
);
