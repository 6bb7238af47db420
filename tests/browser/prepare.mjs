// Prepares a data directory with what every installation starts with: node prepare.mjs DIRECTORY

import { spawnSync } from "node:child_process";
import { CLOCK } from "./program.mjs";

const given = ["migrate", "--data", process.argv[2], "--database", "sqlite:obcms.db", CLOCK];
const { status } = spawnSync(process.env.OBCMS_PROGRAM, given, { stdio: "inherit" });
process.exitCode = status ?? 1;
