import path from "node:path";
import { DataError } from "../core/errors.js";
import { type DetectorManifest, listEncoderManifests, weightsStatus } from "../data/index.js";
import { say, shellWord } from "./terminal.js";

/** The detector of record; another one stands in where this one's weights are not there. */
const detectorOfRecord = "det_scrfd_2.5g_bnkps";

/** What `facebridge data get` fetches. */
const detectorToGet = "det_blazeface";

/**
 * The detector of that id; without one that of record, or another whose weights are there, which is said.
 *
 * @throws DataError when there is none of that id, or no detector is there at all.
 */
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
  throw new DataError(
    `chooseDetector: no face detector is in ${path.join(dataFolder, "encoders")}; run: npx facebridge data get ${detectorToGet} --data ${shellWord(dataFolder)}`,
  );
}
