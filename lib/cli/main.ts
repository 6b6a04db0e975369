#!/usr/bin/env node
import { collectAtOnce } from "../core/collect-at-once.js";
import { program } from "./program.js";

collectAtOnce();
await program.parseAsync();
