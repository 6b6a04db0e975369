import type { EncoderManifest } from "./encoder-manifest.js";
import type { FaceSetManifest } from "./face-set-manifest.js";

/** What is said of one packed file. */
export interface PackedFile {
  readonly encoder: EncoderManifest;
  readonly faceSet: FaceSetManifest;
  readonly rows: number;
  readonly sizeBytes: number;
}

/** The Markdown page that lies beside the pack: what it holds, how it was made, from what, and what it must not be used for. */
export function renderDataCard(files: readonly PackedFile[], packageVersion: string): string {
  const encoders = [...new Map(files.map(({ encoder }) => [encoder.id, encoder])).values()];
  const faceSets = [...new Map(files.map(({ faceSet }) => [faceSet.id, faceSet])).values()];
  const rowsOf = (id: string): number => files.find(({ faceSet }) => faceSet.id === id)!.rows;
  const sizeOf = (id: string): string =>
    (files.reduce((sum, { encoder, sizeBytes }) => (encoder.id === id ? sum + sizeBytes : sum), 0) / 2 ** 20).toFixed(1);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 2 ** 20;
  return `# The embedded pack

Embeddings of photographs of faces by ${encoders.length} neural networks, so that every notebook runs without a download. There is no image in it.

**For research only**, whatever a licence below permits: the face detector behind every crop is published for non-commercial use,
and so is the work that \`face_edgeface_xxs\` derives from.

**Biometric data.** The rows describe the faces of public figures, by name or number, as two public research sets hold them. An embedding can be
linked to a person and, in part, turned back into a face. Use the rows to compare networks; do not identify, track or profile anyone with them,
do not enrol them in a system, and do not join them with other data about these people. Whoever is in a set and wants out: ask the set's
maintainers, and open an issue here so that the rows go too.

## What it holds

| face set | rows | identities | licence as stated |
| --- | ---: | ---: | --- |
${faceSets.map(({ id, title, counts, licence }) => `| \`${id}\` ${title} | ${rowsOf(id)} | ${counts.identities} | ${licence} |`).join("\n")}

| encoder | dimension | kind | role | MiB | licence as its source states it | weights from |
| --- | ---: | --- | --- | ---: | --- | --- |
${encoders
  .map(
    ({ id, dimension, family, role, licence, source }) =>
      `| \`${id}\` | ${dimension} | ${family} | ${role} | ${sizeOf(id)} | ${licence.name} | ${source.repository} |`,
  )
  .join("\n")}

${total.toFixed(1)} MiB in all. One file an encoder and face set, \`<set>/<encoder>.safetensors\`; row i belongs to row i of \`<set>/items.tsv\` (image, identity,
pose, SHA-256 of the image file, the detector's score).

## How it was made

\`facebridge embed --faces <set> --encoders packed\`, then \`facebridge pack build\`, version ${packageVersion}. Each image: decode, detect one face with five landmarks (SCRFD), crop by
the least-squares similarity onto the template that the encoder's manifest names, preprocess as it says, run. Each file's metadata holds the SHA-256 of
the weights and manifests that it was made with.

Rows are coded with loss: coefficients about the set's mean in its principal basis, in steps that leave every row a cosine of at least .9999 to the float32
embedding, and .999 about the mean; directions that a network leaves empty stay empty. Tests hold this, and that recognition after alignment does not move.

## What the tools on templates are for

\`facebridge/metrics\` measures linkability, and \`facebridge/study\` attacks one network's templates with maps to another (notebook 11). They are there so that whoever
runs a recognition system, or writes rules for one, can see what a stolen template reaches, and whether a protection or a change of network helps: on research sets, on
one's own test data, or on systems whose owner has asked for it. They are not for templates that were taken from a system in use, for finding out who somebody is, or
for getting past anybody's system; and a protection that withstands them is not thereby safe, since they try linear maps alone.

## What to know

- The networks are small and freely licensed; they are not the ones of the published study.
- On which photographs most of them were trained is not documented: they may have seen these people.
- The sets hold public figures of the 2000s and 2010s: they are no sample of mankind, and nothing here measures fairness.
- LFW has some two dozen near-duplicates, CFP 27 groups of exact duplicates; they are kept, as published.
`;
}
