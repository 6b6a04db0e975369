import tseslint from "typescript-eslint";

const noClock = [
  { object: "Math", property: "random", message: "Take a Random as an argument." },
  { object: "Date", property: "now", message: "Take a clock as an argument." },
  { object: "performance", property: "now", message: "Take a clock as an argument." },
];

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "package/",
      "runs/",
      "site/",
      "embeddings/",
      ".venv/",
      ".cache/",
      "node_modules/",
      "lib/notebook/tfjs-node/",
      "*.js",
      "jupyter/",
      ".ci/*.mjs",
      "bench/**/*.mjs",
      "docs/**/*.mjs",
      "test/**/*.mjs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./test/tsconfig.json" } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/prefer-for-of": "off",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["lib/**/*.ts"],
    ignores: ["lib/cli/**", "lib/kernel/**", "lib/notebook/progress.ts"],
    rules: { "no-restricted-properties": ["error", ...noClock] },
  },
  { files: ["lib/cli/**", "lib/kernel/**"], rules: { "no-restricted-properties": ["error", noClock[0]] } },
);
