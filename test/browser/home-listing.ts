import { readdir } from "node:fs/promises";
import path from "node:path";

/** Where programs of the lab are known to write when nothing stops them. */
const suspects = [".jupyter", ".ipython", ".local/share/jupyter", ".config/jupyter", ".cache/pip", ".cache/jupyter", ".plotly"];

/** Every file and folder below `home`. */
export async function listAll(home: string): Promise<readonly string[]> {
  return (await readdir(home, { recursive: true })).sort();
}

/** What lies directly in `home`, and all that lies where Jupyter and its company write. */
export async function listSuspects(home: string): Promise<readonly string[]> {
  const below = await Promise.all(
    suspects.map(async (folder) => {
      const names = await readdir(path.join(home, folder), { recursive: true }).catch(() => null);
      return names === null ? [`${folder} is not there`] : names.map((name) => path.join(folder, name));
    }),
  );
  return [...(await readdir(home)), ...below.flat()].sort();
}
