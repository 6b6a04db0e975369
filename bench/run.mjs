// npm run bench <name>: one bench, beside its peer in one run. Prints a table, and last one line of JSON.
const [name, ...args] = process.argv.slice(2);
const benches = {
  bootstrap: "./bootstrap.mjs",
  coverage: "./coverage.mjs",
  embed: "./embed.mjs",
  fusion: "./fusion.mjs",
  geometry: "./geometry.mjs",
  kernel: "./kernel.mjs",
  maps: "./maps.mjs",
  protocols: "./protocols.mjs",
  recognition: "./recognition.mjs",
};
if (!(name in benches)) {
  console.error(
    `bench: ${name === undefined ? "no bench was named" : `there is no "${name}"`}; give one of ${Object.keys(benches).join(", ")}`,
  );
  process.exit(2);
}
const { bench } = await import(benches[name]);
await bench(args);
