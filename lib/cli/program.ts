import process from "node:process";
import { Command, InvalidArgumentError, Option } from "commander";
import { packageVersion } from "../core/version.js";
import type { AlignCommandOptions } from "./align.js";
import type { GetOptions } from "./data.js";
import type { EmbedCommandOptions } from "./embed.js";
import type { AddEmbeddingsCommandOptions } from "./embeddings.js";
import type { AddEncoderCommandOptions } from "./encoder.js";
import type { AddFacesCommandOptions } from "./faces.js";
import type { LabOptions } from "./lab.js";
import type { MomentsCommandOptions } from "./moments.js";
import type { PackCommandOptions } from "./pack.js";
import type { PublishOptions } from "./publish.js";
import type { RunCommandOptions } from "./run.js";
import { parseShard, type Shard } from "./shard.js";
import { print, runCommand } from "./terminal.js";

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** The commands; each loads what it needs when it runs. */
export const program: Command = new Command("facebridge")
  .description("Do two networks see the same faces the same way? Align their embeddings, and measure it.")
  .version(packageVersion)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .addHelpText(
    "after",
    "\nResults go to standard output, progress and messages to standard error." +
      "\nExit codes: 0 done; 1 not done, and the message says what to do; 2 the command line was not understood; 130 interrupted." +
      "\n\nExample: facebridge align --source face_esp_mbf --target face_openvino_0095",
  );

const folderOption = ["--data <folder>", "folder with encoders/ and faces/ (else FACEBRIDGE_DATA)"] as const;
const readShard = (text: string): Shard => {
  const shard = parseShard(text);
  if (shard === null) throw new InvalidArgumentError("Give i/n, such as 2/8.");
  return shard;
};
program
  .command("embed")
  .description("images to embeddings")
  .requiredOption("--faces <set>", "face set, by its id in data-manifests/face-sets")
  .option("--encoders <list>", "all (the ONNX networks that are here), packed, or ids between commas", "all")
  .option("--detector <id>", "face detector (else det_scrfd_2.5g_bnkps, or another where that one is not here)")
  .option(...folderOption)
  .addOption(new Option("--provider <name>", "what ONNX networks run on").choices(["cpu", "cuda"]).default("cpu"))
  .option("--out <folder>", "where the embedding files go (else local/embeddings, where studies look)")
  .option("--shard <i/n>", "only this share of the images; once all shares are done, the command without it puts them together", readShard)
  .addHelpText("after", "\nExample: facebridge embed --faces lfw --encoders face_esp_mbf,face_esp_mfn --data ~/faces-data")
  .action((options: EmbedCommandOptions) => runCommand(async () => (await import("./embed.js")).embedCommand(options)));

program
  .command("pack")
  .description("the embedded pack")
  .addHelpText("after", "\nExample: facebridge pack build --out data")
  .command("build")
  .description("embedding sets to the embedded pack and its data card")
  .option("--from <folder>", "folder of embedding sets (else local/embeddings)")
  .option("--out <folder>", "where the pack goes", "data")
  .option("--faces <list>", "face sets, between commas", "lfw,cfp")
  .addHelpText("after", "\nExample: facebridge pack build --out data")
  .action((options: PackCommandOptions) => runCommand(async () => (await import("./pack.js")).packCommand(options)));

program
  .command("align")
  .description("one pair of networks: every map and baseline, identification and verification")
  .requiredOption("--source <encoder>", "network whose probes are mapped")
  .requiredOption("--target <encoder>", "network of the gallery")
  .option("--fit <set>", "study set to fit on", "lfw")
  .option("--test <set>", "study set to test on", "lfw")
  .option("--from <folder>", "folder of embedding sets (else the embedded pack, then what you embedded or added)")
  .option("--data <folder>", "folder with encoders/ and faces/ (else FACEBRIDGE_DATA), to embed what is not embedded yet")
  .option("--seed <number>", "of the split", wholeNumber(0, 2 ** 31 - 1), 0)
  .option("--maps <list>", "names between commas, native among them (else all)")
  .option("--moments <file>", "sums of the training rows, made by facebridge moments (else they are summed here)")
  .option("--out <file>", "write the result rows there")
  .option("--json", "print the result rows as JSON")
  .addHelpText("after", "\nExample: facebridge align --source face_esp_mbf --target face_openvino_0095 --fit lfw --test cfp")
  .action((options: AlignCommandOptions) => runCommand(async () => (await import("./align.js")).alignCommand(options)));

program
  .command("moments")
  .description("sums of a pair's training rows, all that its maps depend on: of a shard, to a file")
  .requiredOption("--source <encoder>", "network whose rows are mapped")
  .requiredOption("--target <encoder>", "network that they are mapped to")
  .requiredOption("--out <file>", "where they go, .safetensors")
  .option("--fit <set>", "study set to fit on", "lfw")
  .option("--test <set>", "study set that is tested on: its people are left out", "lfw")
  .option("--from <folder>", "folder of embedding sets (else the embedded pack)")
  .option("--seed <number>", "of the split", wholeNumber(0, 2 ** 31 - 1), 0)
  .option("--shard <i/n>", "only this share of the rows; facebridge merge puts the files of all shares together", readShard)
  .addHelpText("after", "\nExample: facebridge moments --source face_esp_mbf --target face_openvino_0095 --shard 2/8 --out 2.safetensors")
  .action((options: MomentsCommandOptions) => runCommand(async () => (await import("./moments.js")).momentsCommand(options)));

program
  .command("merge")
  .description("moments of shards (.safetensors), or rows of pairs (.json), as one file")
  .argument("<files...>", "in any order")
  .requiredOption("--out <file>", "where they go")
  .addHelpText("after", "\nExample: facebridge merge 1.safetensors 2.safetensors --out moments.safetensors")
  .action((files: string[], options: { out: string }) => runCommand(async () => (await import("./merge.js")).mergeCommand(files, options)));

program
  .command("doctor")
  .description("engines, weights and face sets: what is there, and how to get the rest")
  .option(...folderOption)
  .addHelpText("after", "\nExample: facebridge doctor --data ~/faces-data")
  .action(({ data }: { data?: string }) =>
    runCommand(async () => {
      const [{ doctor }, { resolveDataFolder }] = await Promise.all([import("./doctor.js"), import("../data/locate.js")]);
      const named = data ?? process.env.FACEBRIDGE_DATA;
      await doctor({ dataFolder: named ? resolveDataFolder(named) : null, write: print });
    }),
  );

const data = program
  .command("data")
  .description("networks and face sets: what is published, what is here, and how it comes here")
  .addHelpText("after", "\nExample: facebridge data list");
data
  .command("list")
  .description("every network and face set, its licence and where it is to be had")
  .option(...folderOption)
  .option("--json", "print them as JSON")
  .addHelpText("after", "\nExample: facebridge data list")
  .action((options: { data?: string; json?: boolean }) => runCommand(async () => (await import("./data.js")).listCommand(options)));
data
  .command("check")
  .description("what is here, held to size and SHA-256")
  .argument("[ids...]", "networks and face sets; all where none is named")
  .option(...folderOption)
  .addHelpText("after", "\nExample: facebridge data check face_esp_mbf lfw --data ~/faces-data")
  .action((ids: string[], options: { data?: string }) => runCommand(async () => (await import("./data.js")).checkCommand(ids, options)));
data
  .command("get")
  .description("fetch, check and put into place; goes on where it was stopped")
  .argument("<ids...>", "networks and face sets")
  .option(...folderOption)
  .option("--accept-licence", "you have read the terms of what is of restricted use, and keep to them")
  .option("--allow-private", "also fetch from this machine, its network and file: addresses")
  .option("--max-gib <number>", "largest file whose size no manifest says", wholeNumber(1, 10_000), 4)
  .addHelpText("after", "\nExample: facebridge data get face_faceres det_blazeface --accept-licence --data ~/faces-data")
  .action((ids: string[], options: GetOptions) => runCommand(async () => (await import("./data.js")).getCommand(ids, options)));
data
  .command("import")
  .description("copy a network's file, or a folder of a network or a face set, that you have already")
  .argument("<path>", "file or folder")
  .option("--as <id>", "what it is (else told from the file's SHA-256)")
  .option(...folderOption)
  .addHelpText("after", "\nExample: facebridge data import ~/lfw-deepfunneled --as lfw --data ~/faces-data")
  .action((source: string, options: { data?: string; as?: string }) =>
    runCommand(async () => (await import("./data.js")).importCommand(source, options)),
  );

function pixels(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) return { width: Number(width), height: Number(height) };
  throw new InvalidArgumentError("Give width and height, such as 112x112.");
}

program
  .command("encoder")
  .description("networks of your own")
  .addHelpText("after", "\nExample: facebridge encoder add model.onnx --as mine")
  .command("add")
  .description("a network's file to a manifest and a check on faces; the project's files stay as they are")
  .argument("<file>", ".onnx, or the .json of a TensorFlow.js graph model")
  .option("--as <id>", "what it is called from now on (else the file's name)")
  .addOption(new Option("--channels <order>", "of the input").choices(["RGB", "BGR", "GRAY"]))
  .option("--mean <numbers>", "taken from pixels of 0..255: one, or three between commas in the order of the channels")
  .option("--scale <numbers>", "that the rest is multiplied by, such as 1/127.5")
  .addOption(new Option("--crop <name>", "of the face").choices(["arcface-112", "context-224"]))
  .option("--input <name>", "where the graph has several")
  .option("--output <name>", "the embedding, where the graph has several outputs")
  .option("--size <pixels>", "where the graph takes any, such as 112x112", pixels)
  .addOption(new Option("--layout <name>", "where the graph does not tell").choices(["NCHW", "NHWC"]))
  .addOption(
    new Option("--pooling <name>", "how tokens or a map become one vector").choices([
      "none",
      "class-token",
      "mean-patches",
      "mean-tokens",
      "mean-map",
    ]),
  )
  .addOption(new Option("--kind <name>", "trained on faces, or on something else").choices(["face", "vision"]))
  .option("--licence <text>", "as its source states it")
  .option("--faces <set>", "face set to check it on (else the first that is at hand)")
  .option("--detector <id>", "face detector for the check")
  .option("--replace", "put it in the place of your own network of that id")
  .option(...folderOption)
  .addHelpText(
    "after",
    "\nExample: facebridge encoder add model.onnx --as mine --channels RGB --mean 127.5 --scale 1/127.5 --crop arcface-112",
  )
  .action(
    (file: string, { mean, scale, ...options }: Omit<AddEncoderCommandOptions, "mean" | "scale"> & { mean?: string; scale?: string }) =>
      runCommand(async () => {
        const [{ addEncoderCommand }, { parseNumbers }] = await Promise.all([import("./encoder.js"), import("./ask-preprocessing.js")]);
        const numbers = Object.entries({ mean, scale }).flatMap(([name, text]) => (text === undefined ? [] : [[name, parseNumbers(text)]]));
        await addEncoderCommand(file, { ...options, ...(Object.fromEntries(numbers) as Pick<AddEncoderCommandOptions, "mean" | "scale">) });
      }),
  );

program
  .command("faces")
  .description("photographs of your own")
  .addHelpText("after", "\nExample: facebridge faces add ~/photographs --as friends")
  .command("add")
  .description("copy photographs as a face set, and tell what is odd about them: copies, people of one image or of other sets, …")
  .argument("<source>", "a folder with a folder for each identity, or a CSV with the columns image and identity")
  .option("--as <id>", "what it is called from now on (else the folder's name)")
  .option("--licence <text>", "what may be done with the photographs")
  .option("--detector <id>", "face detector (else det_scrfd_2.5g_bnkps, or another where that one is not here)")
  .option("--replace", "put it in the place of your own set of that id")
  .option("--data <folder>", "folder with encoders/ (else FACEBRIDGE_DATA)")
  .addHelpText("after", "\nExample: facebridge faces add ~/photographs --as friends")
  .action((source: string, options: AddFacesCommandOptions) =>
    runCommand(async () => (await import("./faces.js")).addFacesCommand(source, options)),
  );

const embeddings = program
  .command("embeddings")
  .description("embeddings that were made elsewhere, and those that are here")
  .addHelpText("after", "\nExample: facebridge embeddings list");
embeddings
  .command("add")
  .description("take in embeddings (.npy, .npz, .safetensors, .csv) with a CSV that says whose they are")
  .argument("<file>", "rows × dimensions, float32 or float64")
  .requiredOption("--as <network>", "what the network is called from now on")
  .requiredOption("--faces <set>", "face set that the rows are of; one that there is not yet is founded")
  .requiredOption("--labels <csv>", "a header line with the columns image, identity or both; line i speaks of row i")
  .option("--tensor <name>", "array of the file, where it holds several")
  .addHelpText("after", "\nExample: facebridge embeddings add lfw.npy --labels lfw.csv --faces lfw --as my_network")
  .action((file: string, options: AddEmbeddingsCommandOptions) =>
    runCommand(async () => (await import("./embeddings.js")).addEmbeddingsCommand(file, options)),
  );
embeddings
  .command("list")
  .description("the embeddings that studies find by themselves: of the pack, embedded here, added")
  .option("--json", "print them as JSON")
  .addHelpText("after", "\nExample: facebridge embeddings list")
  .action((options: { json?: boolean }) => runCommand(async () => (await import("./embeddings.js")).listEmbeddingsCommand(options)));

program
  .command("view")
  .description("a 3-D figure in the browser")
  .addHelpText("after", "\nExample: facebridge view clouds --source face_esp_mbf --target face_mobileface_v2")
  .command("clouds")
  .description("test people as one network sees them, mapped, and as the other does (UMAP)")
  .requiredOption("--source <encoder>", "network whose rows are mapped")
  .requiredOption("--target <encoder>", "network that they are mapped to")
  .option("--map <name>", "map of the registry", "procrustes")
  .option("--fit <set>", "study set to fit on", "lfw")
  .option("--test <set>", "study set to show", "lfw")
  .option("--people <number>", "how many", wholeNumber(1, 10_000), 25)
  .option("--seed <number>", "of split and picture", wholeNumber(0, 2 ** 31 - 1), 0)
  .addHelpText(
    "after",
    "\nServes one page with the figure's points, their clouds and the people's names on 127.0.0.1, to programs on this machine alone, until its\nwindow closes or Ctrl-C. The page itself gets Plotly from a CDN, which sees that a page was opened and none of its data." +
      "\n\nExample: facebridge view clouds --source face_esp_mbf --target face_mobileface_v2",
  )
  .action(
    ({ fit, test, ...rest }: { source: string; target: string; map: string; fit: string; test: string; people: number; seed: number }) =>
      runCommand(async () => (await import("./view.js")).viewCloudsCommand({ ...rest, fitSet: fit, testSet: test })),
  );

program
  .command("lab")
  .description("JupyterLab on 127.0.0.1 with this project's kernel; installs it under .venv the first time")
  .argument("[folder]", "of notebooks, to open instead of the project's own")
  .option("--port <number>", "the first to try; a busy one gets the next", wholeNumber(1, 65_535), 8888)
  .option("--no-browser", "open no browser")
  .option("--install", "only install what the lab needs")
  .addHelpText("after", "\nExample: facebridge lab --no-browser --port 9000")
  .action((folder: string | undefined, { install, ...options }: LabOptions & { readonly install?: boolean }) =>
    runCommand(async () => {
      const { installLab, labCommand } = await import("./lab.js");
      await (install === true ? installLab() : labCommand(folder, options));
    }),
  );

const kernel = program
  .command("kernel")
  .description("this project's kernel in the user's own Jupyter")
  .addHelpText("after", "\nExample: facebridge kernel install");
kernel
  .command("install")
  .description("register it for JupyterLab or VS Code of this user")
  .addHelpText("after", "\nExample: facebridge kernel install")
  .action(() => runCommand(async () => (await import("./kernel-spec.js")).installKernelSpec()));
kernel
  .command("remove")
  .description("take away what install wrote")
  .addHelpText("after", "\nExample: facebridge kernel remove")
  .action(() => runCommand(async () => (await import("./kernel-spec.js")).removeKernelSpec()));

const collect = (text: string, all: readonly string[]): string[] => [...all, text];

program
  .command("run")
  .description("a notebook with other parameters, kept in a folder of its own under runs/")
  .argument("<notebook>", "path, or name or number of one of the project's notebooks")
  .option("--set <name=value>", "a parameter; may be given again", collect, [])
  .option("--grid <name=list>", "a parameter's values, between commas or first..last; every combination is run", collect, [])
  .option("--params <file>", "parameters as YAML or JSON; --set wins over it")
  .option("--out <folder>", "where the folders of runs go (else runs/)")
  .option("--no-cache", "measure everything anew")
  .addHelpText("after", "\nExample: facebridge run 01-do-networks-see-alike --set testSet=cfp --grid seed=0..4")
  .action((notebook: string, options: RunCommandOptions) =>
    runCommand(async () => (await import("./run.js")).runNotebookCommand(notebook, options)),
  );

const runs = program.command("runs").description("what `run` has kept").addHelpText("after", "\nExample: facebridge runs list");
runs
  .command("list")
  .description("the runs, and the parameters in which they differ")
  .option("--json", "print them as JSON")
  .addHelpText("after", "\nExample: facebridge runs list")
  .action((options: { json?: boolean }) => runCommand(async () => (await import("./runs.js")).listRunsCommand(options)));
runs
  .command("compare")
  .description("the rows of two runs side by side")
  .argument("<one>", "a run: its folder, or the beginning of its digest")
  .argument("<other>", "another")
  .option("--limit <number>", "rows shown, the largest differences first", wholeNumber(1, 1_000_000), 40)
  .option("--json", "print all of them as JSON")
  .addHelpText("after", "\nExample: facebridge runs compare 3f9a 81c2")
  .action((one: string, other: string, options: { json?: boolean; limit: number }) =>
    runCommand(async () => (await import("./runs.js")).compareRunsCommand(one, other, options)),
  );
runs
  .command("clean")
  .description("take away the runs that were stopped, or those that are named")
  .argument("[run...]", "folders, or beginnings of digests")
  .addHelpText("after", "\nExample: facebridge runs clean 3f9a")
  .action((names: string[]) => runCommand(async () => (await import("./runs.js")).cleanRunsCommand(names)));

program
  .command("publish")
  .description("a static site of the executed notebooks, with the verdicts; works from disk, without a network")
  .argument("[run...]", "runs to publish too: folders, or beginnings of digests")
  .option("--out <folder>", "where the site goes", "site")
  .addHelpText("after", "\nExample: facebridge publish 3f9a --out site")
  .action((names: string[], options: PublishOptions) =>
    runCommand(async () => (await import("./publish.js")).publishCommand(names, options)),
  );

program
  .command("start")
  .description("the quick study on the embedded pack: one executed notebook, one page")
  .addHelpText("after", "\nExample: facebridge start")
  .action(() => runCommand(async () => (await import("./start.js")).startCommand()));

program
  .command("study")
  .description("the notebooks, executed, with their outputs and rows of record, and the site of them")
  .argument("[notebook...]", "names; all where none is named")
  .addHelpText("after", "\nExample: facebridge study 01-do-networks-see-alike")
  .action((names: string[]) => runCommand(async () => (await import("./start.js")).studyCommand(names)));
