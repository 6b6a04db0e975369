import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: "100%",
    // What the developer has added is no part of what is tested.
    env: { FACEBRIDGE_LOCAL: "/nonexistent/facebridge-local" },
    projects: [
      {
        test: { name: "fast", include: ["test/**/*.test.ts"], exclude: ["test/**/*.slow.test.ts", "test/browser/**"], testTimeout: 30_000 },
      },
      { test: { name: "browser", include: ["test/browser/*.browser.test.ts"], testTimeout: 120_000, hookTimeout: 60_000 } },
      { test: { name: "slow", include: ["test/**/*.slow.test.ts"], testTimeout: 600_000, fileParallelism: false } },
    ],
  },
});
