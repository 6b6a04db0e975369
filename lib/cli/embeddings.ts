import { addEmbeddings, listEmbeddingSets } from "../data/index.js";
import { countProblems, printProblems } from "./problems.js";
import { print, printJson, say, textTable } from "./terminal.js";

export interface AddEmbeddingsCommandOptions {
  readonly as: string;
  readonly faces: string;
  readonly labels: string;
  readonly tensor?: string;
}

/** `facebridge embeddings add`: embeddings that were made elsewhere, with a CSV that says whose they are. */
export async function addEmbeddingsCommand(
  file: string,
  { as: encoder, faces, labels, tensor }: AddEmbeddingsCommandOptions,
): Promise<void> {
  const { items, embeddings, problems, folder, isKnown, replaced, report } = await addEmbeddings(file, {
    encoder,
    faceSet: faces,
    labels,
    tensor: tensor ?? null,
  });
  printProblems(problems, report);
  const people = new Set(items.map(({ identity }) => identity)).size;
  print(`${encoder} on ${faces}: ${items.length} rows of ${embeddings.columns} values, ${people} people, in ${folder}`);
  if (replaced) say("they take the place of the rows that were added under these names before");
  if (problems.length > 0) print(countProblems(problems));
  say(
    isKnown
      ? `rows were matched to the images of ${faces}: facebridge align --source ${encoder} --target <network> --fit ${faces} --test ${faces}`
      : `no images of ${faces} are known here: add another network's embeddings with the same names to compare the two`,
  );
}

/** `facebridge embeddings list`: what studies find by themselves. */
export async function listEmbeddingsCommand({ json = false }: { readonly json?: boolean }): Promise<void> {
  const found = await listEmbeddingSets();
  if (json) {
    printJson(found);
    return;
  }
  print(textTable(["face set", "network", "from", "folder"], found.map(({ faceSet, encoder, from, folder }) => [faceSet, encoder, from, folder]))); // prettier-ignore
}
