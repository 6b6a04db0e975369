import { readFile } from "node:fs/promises";
import path from "node:path";
import { format } from "prettier";
import { expect, test } from "vitest";
import { listEncoderManifests } from "../../lib/data/load-encoders.js";
import { listFaceSetManifests } from "../../lib/data/load-face-sets.js";
import { projectFolder } from "../../lib/data/locate.js";

test("the page of licences says of each network and face set what its manifest says", async () => {
  const networks = (await listEncoderManifests()).map((network) => {
    const inPack = network.kind !== "detector" && network.packed ? "yes" : "";
    return [`\`${network.id}\``, network.kind, network.licence.name, network.licence.permissive ? "yes" : "no", inPack];
  });
  const faceSets = (await listFaceSetManifests()).map(({ id, licence }) => [`\`${id}\``, "face set", licence, "no", ""]);
  const head = ["network or face set", "kind", "licence as its source states it", "free", "in the pack"];
  const rows = [head, head.map(() => "---"), ...networks, ...faceSets].map((cells) => `| ${cells.join(" | ")} |`);
  const table = await format(rows.join("\n"), { parser: "markdown", printWidth: 140 });
  const text = await readFile(path.join(projectFolder, "docs/limits.md"), "utf8");
  const [, shown] = /<!-- licences: made from data-manifests\/ -->\n\n(.*)\n<!-- \/licences -->/s.exec(text)!;
  expect(shown).toBe(table);
});
