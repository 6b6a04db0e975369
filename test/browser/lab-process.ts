import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { projectFolder } from "../../lib/data/locate.js";
import { findLeftovers, listeningAddresses, listProcesses, treeOf, type RunningProcess } from "./processes.js";

export interface LabProcess {
  readonly port: number;
  /** The address to open, token included. */
  readonly address: string;
  /** Where it and all below it listen now. */
  readonly listening: () => Promise<readonly string[]>;
  /** Ctrl-C, as from a terminal; once is enough. @returns the exit code, and the processes that are there still */
  end(): Promise<LabEnd>;
}

export interface LabEnd {
  readonly code: number | null;
  readonly leftovers: readonly RunningProcess[];
}

export interface LabFolders {
  /** Of notebooks, to open. */
  readonly notebooks: string;
  /** The user's home folder, as the lab sees it. */
  readonly home: string;
  /** Where the lab keeps its settings and state, apart from those of whoever runs the tests. */
  readonly cache: string;
}

/**
 * `npm run lab` without a browser, in a terminal of its own, as a user starts it: Jupyter ends otherwise where there is none.
 * The terminal is made by `script`, which Debian always has.
 */
export async function startLabProcess({ notebooks, home, cache }: LabFolders, port: number): Promise<LabProcess> {
  await mkdir(path.join(home, ".npm"), { recursive: true }); // npm makes it at any command
  const command = `npm run lab -- '${notebooks}' --no-browser --port ${port}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    cwd: projectFolder,
    env: { ...plainVariables(), HOME: home, FACEBRIDGE_LAB_CACHE: cache },
  });
  // When the tests are broken off, the terminal closes, and the lab ends with it.
  process.once("disconnect", () => child.kill("SIGKILL"));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let log = "";
  const address = await new Promise<RegExpExecArray>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        log += part.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)\/lab\?token=[0-9a-f]+(?=\s)/.exec(log);
        if (found) resolve(found);
      });
    }
    child.once("error", reject).once("exit", (code) => {
      reject(new Error(`npm run lab ended with code ${code ?? "none"}:\n${log}`));
    });
  });
  const tree = async (): Promise<readonly RunningProcess[]> => treeOf(child.pid!, await listProcesses());
  const end = async (): Promise<LabEnd> => {
    const before = await tree();
    child.stdin.write("\x03");
    const code = await exited;
    return { code, leftovers: await findLeftovers(before) };
  };
  let ending: Promise<LabEnd> | undefined;
  return {
    port: Number(address[1]),
    address: address[0],
    listening: async () => listeningAddresses(await tree()),
    end: () => (ending ??= end()),
  };
}

/** This process's variables without those that lead npm, Jupyter or anything else to a folder other than the home folder's. */
function plainVariables(): NodeJS.ProcessEnv {
  const leading = /^(?:npm_|JUPYTER|IPYTHON|XDG_|PIP_|PYTHON|FACEBRIDGE_|VITEST|NODE_ENV$|NODE_OPTIONS$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !leading.test(name)));
}
