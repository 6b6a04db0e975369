import { existsSync } from "node:fs";
import process from "node:process";
import { chromium, type Browser } from "playwright-core";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** The system's Chromium without a screen: it asks nothing of the network by itself, and draws 3-D figures on the processor. */
export async function launchChromium(home: string): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error("launchChromium: found no Chromium under /usr/bin; install it (Debian: apt install chromium fonts-dejavu-core)");
  }
  return chromium.launch({
    executablePath,
    env: { ...(process.env as Record<string, string>), HOME: home },
    args: [
      "--no-sandbox",
      "--no-first-run",
      "--disable-quic",
      "--disable-sync",
      "--disable-background-networking",
      "--disable-component-update",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
    ],
  });
}
