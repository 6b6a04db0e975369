import type { Command } from "commander";
import { program } from "../../lib/cli/program.js";

/** A command, with the words that call it. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

function listCommands(command: Command, name: string): NamedCommand[] {
  return [{ name, command }, ...command.commands.flatMap((inner) => listCommands(inner, `${name} ${inner.name()}`))];
}

/** The program and every command below it. */
export const commands: readonly NamedCommand[] = listCommands(program, "facebridge");

/** The name of the command that the words after `facebridge` call; it does not run. Throws what commander says when they are not understood. */
export async function calledBy(words: readonly string[]): Promise<string> {
  let called = "";
  for (const { name, command } of commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => void (called = name));
  }
  await program.parseAsync(words, { from: "user" });
  return called;
}
