export { addFaceSet, type AddFaceSetOptions, checkFaceSetId } from "./add-face-set.js";
export { addEmbeddings, type AddedEmbeddings, type AddEmbeddingsOptions } from "./add-embeddings.js";
export { fileStatus } from "./file-status.js";
export {
  type Download,
  type DownloadFile,
  listDownloads,
  loadDownload,
  type NpmOrigin,
  type Unpacking,
  type WebOrigin,
} from "./download-manifest.js";
export { embeddingSetIsCurrent, packEmbeddingSet, readEmbeddingSet, type ReadOptions, writeEmbeddingSet } from "./embedding-file.js";
export { addedEmbeddings, type FoundEmbeddings, listEmbeddingSets, ownEmbeddings, searchEmbeddings } from "./embedding-folders.js";
export { pipelineVersion, type EmbeddingSet, type Item, type Provenance } from "./embedding-set.js";
export type {
  BlazefaceManifest,
  DetectorManifest,
  EncoderManifest,
  InputManifest,
  NetworkManifest,
  Pooling,
  ScrfdManifest,
  WeightFile,
} from "./encoder-manifest.js";
export { type FaceImage, imageFolderOf, listFaceImages } from "./face-set.js";
export type { FaceSetManifest, ProtocolManifest, StudySetManifest } from "./face-set-manifest.js";
export { type FetchLock, type LockedFile, readFetchLock } from "./fetch-lock.js";
export { getData, type GetDataOptions, type GetDataResult } from "./get-data.js";
export { importData, type ImportDataOptions } from "./import-data.js";
export { formatItems, itemsSha256, parseItems, readItems, writeItems } from "./items.js";
export { encoderManifestSha256, listEncoderManifests, loadEncoderManifest } from "./load-encoders.js";
export { faceSetManifestSha256, listFaceSetManifests, loadFaceSetManifest, pickStudySet, type StudySet } from "./load-face-sets.js";
export { localFolder, manifestFolder, packFolder, projectFolder, resolveDataFolder, workFolder } from "./locate.js";
export { type ManifestKind, type ManifestOptions, manifestSha256 } from "./manifest-file.js";
export { type PackedFile, renderDataCard } from "./data-card.js";
export { type MatchedRows, matchRows, type RowProblem } from "./match-rows.js";
export { type OverlapRow, readOwnOverlap, writeOverlap } from "./overlap-file.js";
export { pairSets } from "./pair-sets.js";
export { findPaperEntry, loadPaper, type Paper, type PaperEntry } from "./paper.js";
export { type ProtocolPair, type ProtocolPairs, readProtocol } from "./protocol-pairs.js";
export { readExternalRows } from "./external-rows.js";
export { readRowLabels, type RowLabel } from "./row-labels.js";
export { readSafetensors, type Safetensors, type Tensor, type TensorData, writeSafetensors } from "./safetensors.js";
export { readScoreFile, type ScoreFormat, type ScoreRow, writeScoreFile } from "./score-file.js";
export { excludeOverlap, type IdentitySplit, parseOverlap, type SamePerson, splitByIdentity, type SplitOptions } from "./splits.js";
export {
  checkWeights,
  fileSha256,
  weightPath,
  weightsSha256,
  weightsStatus,
  withHashes,
  type HashedFile,
  type Weights,
  type WeightsStatus,
} from "./weights.js";
