import { readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

/** A process as Linux shows it under /proc. */
export interface RunningProcess {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  /** With the id, what tells it from a later process of the same id. */
  readonly startTime: string;
  readonly command: string;
}

export async function listProcesses(): Promise<readonly RunningProcess[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(ids.map(readProcess));
  return found.filter((entry) => entry !== null);
}

/** That process and all that descend from it. */
export function treeOf(root: number, processes: readonly RunningProcess[]): readonly RunningProcess[] {
  const children = processes.filter(({ parent }) => parent === root).flatMap(({ id }) => treeOf(id, processes));
  return [...processes.filter(({ id }) => id === root), ...children];
}

/** Which of `earlier` are running still, and what else shares a process group with one of them. */
export async function findLeftovers(earlier: readonly RunningProcess[]): Promise<readonly RunningProcess[]> {
  const known = new Set(earlier.map(({ id, startTime }) => `${id} ${startTime}`));
  const own = (await listProcesses()).find(({ id }) => id === process.pid)!.group;
  const groups = new Set(earlier.map(({ group }) => group).filter((group) => group !== own));
  return (await listProcesses()).filter(({ id, startTime, group }) => groups.has(group) || known.has(`${id} ${startTime}`));
}

/** Addresses, such as 127.0.0.1:8888, on which these processes listen for TCP connections. */
export async function listeningAddresses(processes: readonly RunningProcess[]): Promise<readonly string[]> {
  const sockets = new Set((await Promise.all(processes.map(({ id }) => socketsOf(id)))).flat());
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8")));
  return tables.flatMap((table) =>
    table
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === listening && sockets.has(columns[9]))
      .map((columns) => readAddress(columns[1])),
  );
}

const listening = "0A";

/** The numbers by which /proc/net knows the sockets that a process holds. */
async function socketsOf(id: number): Promise<readonly string[]> {
  const folder = `/proc/${id}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(path.join(folder, name)).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** 0100007F:22B8 to 127.0.0.1:8888; an IPv6 address stays in hexadecimal digits. */
function readAddress(text: string): string {
  const [address, port] = text.split(":");
  const shown = address.length === 8 ? Array.from(Buffer.from(address, "hex")).reverse().join(".") : `[${address}]`;
  return `${shown}:${parseInt(port, 16)}`;
}

async function readProcess(id: string): Promise<RunningProcess | null> {
  try {
    const [status, command] = await Promise.all([readFile(`/proc/${id}/stat`, "utf8"), readFile(`/proc/${id}/cmdline`, "utf8")]);
    // The second field, a name in brackets, may hold anything; the first after it is the third, the state.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return null;
    return {
      id: Number(id),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      startTime: fields[19],
      command: command.replaceAll("\0", " ").trim(),
    };
  } catch {
    return null; // It has ended meanwhile.
  }
}
