import { workerData } from "node:worker_threads";
import { serveTasks } from "../core/worker-tasks.js";
import type { AttackResult, AttackSpec } from "./attack.js";
import { createAttackMeasure } from "./measure-attack.js";
import { openShared, type SharedContext } from "./shared-context.js";

/** What a thread is started with. */
export interface AttackWorkerStart {
  readonly specs: readonly AttackSpec[];
  readonly shared: SharedContext;
}

export interface AttackReport {
  /** Of the spec. */
  readonly index: number;
  readonly results: AttackResult[];
}

serveTasks(async (signal) => {
  const { specs, shared } = workerData as AttackWorkerStart;
  const { measure } = createAttackMeasure(specs, await openShared(shared, signal));
  return async (index: number): Promise<AttackReport> => ({ index, results: await measure(specs[index]) });
});
