import { DataError } from "../core/errors.js";
import { type DetectorManifest, listEncoderManifests, weightsStatus } from "../data/index.js";
import { say } from "./terminal.js";

/** The detector of record; another one stands in where this one's weights are not there. */
const detectorOfRecord = "det_scrfd_2.5g_bnkps";

/** The detector of that id; without one that of record, or another whose weights are there, which is said. */
export async function chooseDetector(wanted: string | undefined, dataFolder: string): Promise<DetectorManifest> {
  const detectors = (await listEncoderManifests()).filter((network) => network.kind === "detector");
  const find = (id: string): DetectorManifest => {
    const found = detectors.find((network) => network.id === id);
    if (found) return found;
    throw new DataError(`chooseDetector: no face detector "${id}"; give ${detectors.map((network) => network.id).join(" or ")}`);
  };
  const preferred = find(wanted ?? detectorOfRecord);
  if (wanted !== undefined || (await weightsStatus(preferred, dataFolder)) !== "missing") return preferred;
  for (const network of detectors) {
    if ((await weightsStatus(network, dataFolder)) === "missing") continue;
    say(
      `${network.id} finds the faces, since ${preferred.id}, the detector of record, is not here: crops are a little worse (docs/data.md)`,
    );
    return network;
  }
  return preferred;
}
