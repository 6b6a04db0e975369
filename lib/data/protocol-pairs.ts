import { readFile } from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../core/error-reason.js";
import { DataError } from "../core/errors.js";
import type { FaceSetManifest, ProtocolManifest } from "./face-set-manifest.js";
import { joinInside } from "./locate.js";
import { listKnown } from "./nearest.js";

/** Two images that a protocol compares. Paths as in `Item.image`. */
export interface ProtocolPair {
  readonly first: string;
  readonly second: string;
  readonly isMated: boolean;
}

/** A published verification protocol: pairs in folds, in the order of its files. */
export interface ProtocolPairs {
  readonly id: string;
  readonly title: string;
  readonly folds: readonly (readonly ProtocolPair[])[];
}

/**
 * Read the pairs of a protocol that a face set's manifest names, from the files that came with the set.
 *
 * Two forms are known. One list (LFW): `name, number, number` or `name, number, name, number` a line, between commas or tabs, the folds
 * one after the other, mated pairs first. Indexed (CFP): `Pair_list_*.txt` number the images, and each fold has a `same.txt` and a
 * `diff.txt` with two numbers a line; with two lists the first number is of the first.
 *
 * @throws DataError when the set has no such protocol, a file cannot be read, a line is wrong, or a fold has not the pairs it must have.
 */
export async function readProtocol(faceSet: FaceSetManifest, id: string, dataFolder: string): Promise<ProtocolPairs> {
  const ids = faceSet.protocols.map((protocol) => protocol.id);
  const manifest = faceSet.protocols.find((protocol) => protocol.id === id);
  if (manifest === undefined) throw new DataError(`readProtocol: ${faceSet.id} has no protocol "${id}"${listKnown(id, ids)}`);
  const folder = joinInside(path.join(dataFolder, "faces"), faceSet.folder, `face set ${faceSet.id}: field folder`);
  const texts = await Promise.all(manifest.files.map((file) => readText(path.join(folder, file), faceSet)));
  const folds = manifest.files.length === 1 ? parsePairList(texts[0], manifest) : parseIndexedPairs(texts, manifest, faceSet);
  checkFolds(folds, manifest);
  return { id, title: manifest.title, folds };
}

async function readText(file: string, { access }: FaceSetManifest): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new DataError(`readProtocol: ${file} cannot be read (${codeOf(error)}). ${access}`);
  });
}

function parsePairList(
  text: string,
  { files: [file], foldCount, matedPairsPerFold, nonMatedPairsPerFold }: ProtocolManifest,
): ProtocolPair[][] {
  const pairs = linesOf(text).flatMap(({ line, number }): ProtocolPair[] => {
    const fields = line.split(/[,\t]/).filter((field) => field !== "");
    if (number === 1 && (fields[0] === "name" || fields.every((field) => /^\d+$/.test(field)))) return [];
    const imageOf = (name: string, index: string): string => {
      if (!/^\d+$/.test(index)) throw new DataError(`${file}: line ${number} is "${line}"; an image number must be a whole number`);
      return `${name}/${name}_${index.padStart(4, "0")}.jpg`;
    };
    if (fields.length === 3) {
      return [{ first: imageOf(fields[0], fields[1]), second: imageOf(fields[0], fields[2]), isMated: true }];
    }
    if (fields.length !== 4) {
      throw new DataError(`${file}: line ${number} is "${line}"; it must be a name and two numbers, or two names with a number each`);
    }
    return [{ first: imageOf(fields[0], fields[1]), second: imageOf(fields[2], fields[3]), isMated: false }];
  });
  const size = matedPairsPerFold + nonMatedPairsPerFold;
  if (pairs.length !== foldCount * size) {
    throw new DataError(`${file}: ${pairs.length} pairs; ${foldCount} folds have ${foldCount * size}, so get the published file`);
  }
  return Array.from({ length: foldCount }, (_, fold) => pairs.slice(fold * size, (fold + 1) * size));
}

function parseIndexedPairs(texts: readonly string[], { files }: ProtocolManifest, { images }: FaceSetManifest): ProtocolPair[][] {
  const lists: ReadonlyMap<string, string>[] = [];
  const folds = new Map<string, ProtocolPair[]>();
  files.forEach((file, i) => {
    const name = path.posix.basename(file);
    if (name.startsWith("Pair_list")) {
      lists.push(parseImageList(texts[i], file, images));
      return;
    }
    if (name !== "same.txt" && name !== "diff.txt") {
      throw new DataError(`readProtocol: got the file ${file}; an indexed protocol has Pair_list_*.txt, same.txt and diff.txt`);
    }
    const fold = folds.get(path.posix.dirname(file)) ?? [];
    folds.set(path.posix.dirname(file), fold);
    for (const { line, number } of linesOf(texts[i])) {
      const indices = line.split(",");
      const [first, second] = indices.map((index, side) => lists[Math.min(side, lists.length - 1)]?.get(index.trim()));
      if (indices.length !== 2 || first === undefined || second === undefined) {
        throw new DataError(`${file}: line ${number} is "${line}"; it must be two numbers of images in the lists of the protocol`);
      }
      const isMated = name === "same.txt";
      if (isMated !== (identityOf(first) === identityOf(second))) {
        throw new DataError(`${file}: line ${number} pairs ${first} and ${second}, of which ${name} cannot hold; get the published file`);
      }
      fold.push({ first, second, isMated });
    }
  });
  return [...folds.values()];
}

/** `1 ../Data/Images/001/frontal/01.jpg`: the images by number, relative to the image folder. */
function parseImageList(text: string, file: string, images: string): Map<string, string> {
  const list = new Map<string, string>();
  for (const { line, number } of linesOf(text)) {
    const found = /^(\d+)\s+(.+)$/.exec(line);
    const at = found?.[2].indexOf(`${images}/`) ?? -1;
    if (found === null || at < 0 || list.has(found[1])) {
      throw new DataError(`${file}: line ${number} is "${line}"; it must be a new number and a path under ${images}`);
    }
    list.set(found[1], found[2].slice(at + images.length + 1));
  }
  return list;
}

function checkFolds(folds: readonly (readonly ProtocolPair[])[], manifest: ProtocolManifest): void {
  const { title, foldCount, matedPairsPerFold, nonMatedPairsPerFold } = manifest;
  folds.forEach((pairs, fold) => {
    const matedCount = pairs.filter(({ isMated }) => isMated).length;
    if (matedCount !== matedPairsPerFold || pairs.length - matedCount !== nonMatedPairsPerFold) {
      throw new DataError(
        `readProtocol: fold ${fold + 1} of ${title} has ${matedCount} mated and ${pairs.length - matedCount} non-mated pairs; it must have ${matedPairsPerFold} and ${nonMatedPairsPerFold}, so get the published files`,
      );
    }
  });
  if (folds.length !== foldCount) throw new DataError(`readProtocol: ${title} has ${folds.length} folds; it must have ${foldCount}`);
}

function linesOf(text: string): { line: string; number: number }[] {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "");
}

function identityOf(image: string): string {
  return image.split("/")[0];
}
