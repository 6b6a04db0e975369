import type { DetectorManifest } from "../data/encoder-manifest.js";
import { loadBlazeface } from "./blazeface.js";
import type { Face } from "./face.js";
import type { Image } from "./image.js";
import type { OnnxProvider } from "./onnx-network.js";
import { loadScrfd } from "./scrfd.js";

export interface Detector {
  /** The face that an image is of, or null where none is found. */
  detect(image: Image): Promise<Face | null>;
  /** Give its memory back. */
  close(): Promise<void>;
}

export interface LoadDetectorOptions {
  /** Holds `encoders/` with the weights. */
  readonly dataFolder: string;
  readonly threads: number;
  /** What ONNX networks run on. @defaultValue "cpu" */
  readonly provider?: OnnxProvider;
}

/** Load the face detector of a manifest. Of several confident faces it takes the one nearest to the image's centre. */
export function loadDetector(manifest: DetectorManifest, options: LoadDetectorOptions): Promise<Detector> {
  switch (manifest.architecture) {
    case "scrfd":
      return loadScrfd(manifest, options);
    case "blazeface":
      return loadBlazeface(manifest, options);
  }
}
