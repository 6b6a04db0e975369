import { describeWideCase, quickCases } from "./golden-wide.js";

for (const entry of quickCases) describeWideCase(entry);
