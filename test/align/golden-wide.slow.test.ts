import { describeWideCase, slowCases } from "./golden-wide.js";

for (const entry of slowCases) describeWideCase(entry);
