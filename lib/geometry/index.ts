export * from "./cloud-map.js";
