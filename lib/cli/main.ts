#!/usr/bin/env node
import { Command } from "commander";
import { packageVersion } from "../core/version.js";
import { runCommand } from "./terminal.js";

const program = new Command("facebridge")
  .description("Do two networks see the same faces the same way? Align their embeddings, and measure it.")
  .version(packageVersion)
  .showHelpAfterError();

program
  .command("embed")
  .description("images to embeddings")
  .requiredOption("--faces <set>", "face set, by its id in data-manifests/face-sets")
  .option("--encoders <list>", "all, packed, or ids between commas", "all")
  .option("--data <folder>", "folder with encoders/ and faces/ (else FACEBRIDGE_DATA)")
  .option("--out <folder>", "where the embedding files go", "embeddings")
  .addHelpText("after", "\nExample: facebridge embed --faces lfw --encoders face_esp_mbf,face_esp_mfn --data ~/faces-data")
  .action((options: { faces: string; encoders: string; data?: string; out: string }) =>
    runCommand(async () => (await import("./embed.js")).embedCommand(options)),
  );

program
  .command("pack")
  .description("the embedded pack")
  .command("build")
  .description("embedding sets to the embedded pack and its data card")
  .option("--from <folder>", "folder of embedding sets", "embeddings")
  .option("--out <folder>", "where the pack goes", "data")
  .option("--faces <list>", "face sets, between commas", "lfw,cfp")
  .addHelpText("after", "\nExample: facebridge pack build --from embeddings --out data")
  .action((options: { from: string; out: string; faces: string }) =>
    runCommand(async () => (await import("./pack.js")).packCommand(options)),
  );

await program.parseAsync();
