import type { BlazefaceManifest } from "../data/encoder-manifest.js";
import { weightPath } from "../data/weights.js";
import type { Detector, LoadDetectorOptions } from "./detector.js";
import { blend, type Face, possible } from "./face.js";
import { findFace } from "./find-face.js";
import { loadTfjsNetwork } from "./tfjs-network.js";

const levels = [
  { stride: 16, anchorsPerCell: 2 },
  { stride: 32, anchorsPerCell: 6 },
] as const;
/** A row of a box: centre, size, then six points of x and y, all in pixels from the cell's centre. */
const valuesPerBox = 16;

/**
 * Load BlazeFace with six points, of which eyes, nose and the middle of the mouth are used.
 *
 * It knows no corners of the mouth: the middle stands for both, and so weighs as much in a fit onto a template as the two corners' mean would.
 * Boxes that overlap are averaged by score, as the network was made to be read.
 *
 * @see Bazarevsky et al. 2019, arXiv 1907.05047
 */
export async function loadBlazeface(manifest: BlazefaceManifest, { dataFolder }: LoadDetectorOptions): Promise<Detector> {
  const { input, outputs } = manifest;
  const network = await loadTfjsNetwork(weightPath(manifest, manifest.weights[0], dataFolder), {
    inputName: input.name,
    outputNames: [...outputs.scores, ...outputs.boxes],
  });
  return {
    detect: (image) =>
      findFace(image, network, input, (values) =>
        blend(levels.flatMap((level, i) => readLevel(values[i], values[i + levels.length], level, input.width))),
      ),
    close: () => network.close(),
  };
}

function readLevel(
  logits: Float32Array,
  boxes: Float32Array,
  { stride, anchorsPerCell }: { readonly stride: number; readonly anchorsPerCell: number },
  width: number,
): Face[] {
  const columns = width / stride;
  const faces: Face[] = [];
  logits.forEach((logit, i) => {
    const score = 1 / (1 + Math.exp(-logit));
    if (score < possible) return;
    const cell = Math.floor(i / anchorsPerCell);
    const x = ((cell % columns) + 0.5) * stride - 0.5;
    const y = (Math.floor(cell / columns) + 0.5) * stride - 0.5;
    const [dx, dy, boxWidth, boxHeight, ...points] = boxes.subarray(valuesPerBox * i, valuesPerBox * (i + 1));
    const at = (k: number): [number, number] => [x + points[2 * k], y + points[2 * k + 1]];
    const mouth = at(3);
    faces.push({
      score,
      box: [x + dx - boxWidth / 2, y + dy - boxHeight / 2, x + dx + boxWidth / 2, y + dy + boxHeight / 2],
      landmarks: [...at(0), ...at(1), ...at(2), ...mouth, ...mouth],
    });
  });
  return faces;
}
