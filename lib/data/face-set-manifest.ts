/** Which of a face set's images an experiment trains on, enrols and searches with. Poses are null where the set has none. */
export interface StudySetManifest {
  /** `lfw`, `cfp`, `cfp-fp`, … */
  readonly id: string;
  /** Poses of the training and tuning rows; null means every image. */
  readonly trainPoses: readonly ("frontal" | "profile")[] | null;
  readonly galleryPose: "frontal" | "profile" | null;
  readonly probePose: "frontal" | "profile" | null;
}

/** A published evaluation protocol: what it is, and the files that list its pairs (relative to the set's folder). */
export interface ProtocolManifest {
  readonly id: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly foldCount: number;
  readonly matedPairsPerFold: number;
  readonly nonMatedPairsPerFold: number;
}

export interface FaceSetManifest {
  readonly id: string;
  /** Holds `faces/` with the images, where the data folder does not: of a set that the user has added. Not in the file. */
  readonly root?: string;
  readonly title: string;
  /** Folder of the set under `faces/` of the data folder. */
  readonly folder: string;
  /** Folder of the images, under `folder`. */
  readonly images: string;
  /** `identity/file` or `identity/pose/file`. */
  readonly layout: "identity" | "identity/pose";
  /** Which images are taken: people with at least `minImages`, of each the first `maxImages` by file name. */
  readonly selection: { readonly minImages: number; readonly maxImages: number | null };
  /** After selection, of the complete set. */
  readonly counts: { readonly identities: number; readonly images: number };
  readonly licence: string;
  /** How to get it, in words. */
  readonly access: string;
  readonly citation: string;
  readonly studySets: readonly StudySetManifest[];
  readonly protocols: readonly ProtocolManifest[];
}
