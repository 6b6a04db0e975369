/** How pixels become an input tensor: value = (x − mean) · scale with x in 0..255, a number a channel or one for all. */
export interface InputManifest {
  /** Null where none was seen: the only input that the graph has. */
  readonly name: string | null;
  readonly width: number;
  readonly height: number;
  readonly layout: "NCHW" | "NHWC";
  readonly channels: "RGB" | "BGR" | "GRAY";
  readonly mean: number | readonly number[];
  readonly scale: number | readonly number[];
  /** Whether the graph takes any batch size, or just the one it names. */
  readonly batch: "any" | number;
}

/** One file of a network's weights, relative to `encoders/` of the data folder. */
export interface WeightFile {
  readonly path: string;
  /** Null where none was seen. */
  readonly bytes: number | null;
  /** Hex; null where none was seen, which makes the entry `unverified`. */
  readonly sha256: string | null;
}

/** What every network has. */
export interface NetworkManifest {
  readonly id: string;
  /** Holds `encoders/` with the weights, where the data folder does not: of a network that the user has added. Not in the file. */
  readonly root?: string;
  readonly format: "onnx" | "tfjs-graph";
  /** The graph first, then the files that it names. */
  readonly weights: readonly WeightFile[];
  /** "as published", or what the file was converted from. */
  readonly form: string;
  readonly input: InputManifest;
  readonly licence: {
    /** As the source states it. */
    readonly name: string;
    /** Whether that text permits use, change and redistribution without restriction to research. */
    readonly permissive: boolean;
  };
  readonly source: { readonly repository: string; readonly path: string };
}

/** How the output becomes one vector an image; without a word of it, it is one. Tokens come with the class token first, if there is one. */
export type Pooling = "none" | "class-token" | "mean-patches" | "mean-tokens" | "mean-map";

/** A network that turns a face crop into one vector. */
export interface EncoderManifest extends NetworkManifest {
  readonly kind: "face" | "vision";
  /** Fixed before any result: held-out networks are only ever tested on. */
  readonly role: "development" | "held-out";
  readonly family: string;
  readonly architecture: string;
  readonly training: string;
  readonly dimension: number;
  readonly crop: "arcface-112" | "context-224";
  /** Name as the input's. */
  readonly output: { readonly name: string | null; readonly pooling?: Pooling };
  /** Ids of the networks that come from the same source. */
  readonly siblings: readonly string[];
  /** Whether its embeddings are in the pack. */
  readonly packed: boolean;
  /** Within-encoder recognition that the source of the weights' notes gives for 80 LFW people × 6 images. */
  readonly reported: { readonly auc: number; readonly rank1: number } | null;
}

/** A network that finds faces with landmarks. Outputs are named from the finest level to the coarsest. */
export type DetectorManifest = ScrfdManifest | BlazefaceManifest;

export interface ScrfdManifest extends NetworkManifest {
  readonly kind: "detector";
  readonly architecture: "scrfd";
  /** Of strides 8, 16, 32. */
  readonly outputs: { readonly scores: readonly string[]; readonly boxes: readonly string[]; readonly landmarks: readonly string[] };
}

export interface BlazefaceManifest extends NetworkManifest {
  readonly kind: "detector";
  readonly architecture: "blazeface";
  /** Of strides 16 and 32; landmarks follow each box. */
  readonly outputs: { readonly scores: readonly string[]; readonly boxes: readonly string[] };
}
