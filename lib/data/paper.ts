import { readFile } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../core/errors.js";
import { manifestFolder } from "./locate.js";
import { parseManifest } from "./manifest-file.js";
import { listKnown } from "./nearest.js";

/** One published number. */
export interface PaperEntry {
  /** `aligned/auc/cfp`: condition, metric, and the face set where the number is of one. */
  readonly id: string;
  readonly value: number;
  /** Given in words, as "about". */
  readonly approximate: boolean;
  readonly unit: "fraction";
  /** Where it stands in the paper, and whether that was verified. */
  readonly where: string;
}

export interface Paper {
  readonly citation: string;
  readonly entries: readonly PaperEntry[];
}

/** The published numbers of the study that is reproduced. @throws DataError when the file is not valid or has an id twice. */
export async function loadPaper({ folder = manifestFolder }: { readonly folder?: string } = {}): Promise<Paper> {
  const file = path.join(folder, "paper.json");
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    throw new DataError(`loadPaper: ${file} cannot be read; restore it`);
  }
  const paper = await parseManifest<Paper>(bytes, "paper", "paper.json");
  const ids = paper.entries.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new DataError(`paper.json: entry "${twice}" is there twice; keep one`);
  return paper;
}

/** @throws DataError when there is no entry of that id. */
export function findPaperEntry(paper: Paper, id: string): PaperEntry {
  const entry = paper.entries.find((one) => one.id === id);
  if (!entry) {
    const ids = paper.entries.map((one) => one.id);
    throw new DataError(`paper.json: no entry "${id}"${listKnown(id, ids)}`);
  }
  return entry;
}
