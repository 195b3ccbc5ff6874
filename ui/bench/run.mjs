// Builds the bench, serves it under the app's own policy, and lets a browser run it:
//   npm run bench                                   Chromium, without a window
//   npm run bench -- --browser MiniBrowser          WebKitGTK's own small browser, under Xvfb
//   npm run bench -- --only streaming|opening|hostile --rate 2000 --characters 100000 --kinds 1,2 --rounds 3 --scrolled 2
//   npm run bench -- --serve                        only serves: any window may open the address
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";

const ui = resolve(import.meta.dirname, "..");
const built = join(ui, "node_modules/.bench");
const asked = Object.fromEntries(process.argv.slice(2).join(" ").split("--").filter(Boolean).map((one) => one.trim().split(/\s+(.*)/)).map(([name, value]) => [name, value ?? true]));
const policy = JSON.parse(readFileSync(join(ui, "../tauri.conf.json"), "utf8")).app.security.csp.replace("tauri://localhost", "http://127.0.0.1:*");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".json": "application/json" };

if (!asked.built) {
  const build = spawnSync("npx", ["vite", "build", "--config", "bench/vite.config.ts", "--logLevel", "warn"], { cwd: ui, stdio: "inherit" });
  if (build.status !== 0) process.exit(1);
}

function parentsOfAll() {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]));
    } catch {
      continue; // it has ended meanwhile
    }
  }
  return parents;
}

/** Megabytes of memory the browser's processes share fairly among them (PSS). */
function memoryOf(pid) {
  const parents = parentsOfAll();
  const belongs = (one) => one === pid || (parents.has(one) && belongs(parents.get(one)));
  let kilobytes = 0;
  for (const one of [...parents.keys()].filter(belongs)) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      continue;
    }
  }
  return Math.round(kilobytes / 1024);
}

let browser;
let profile;

/** Of the page's main thread, every few milliseconds: how long it ran, and how long it stood in line for a processor. */
const samples = [];
let page = null;
function sample() {
  const found = (samples.at(-1)?.ran ?? 0) > 1500 ? page : pageOf(browser?.pid);
  if (found) {
    page = found;
    try {
      const [ran, waited] = readFileSync(`/proc/${page}/task/${page}/schedstat`, "utf8").split(" ").map(Number);
      samples.push({ at: performance.timeOrigin + performance.now(), ran: ran / 1e6, waited: waited / 1e6 });
    } catch {
      page = null;
    }
  }
}

function pageOf(pid) {
  if (!pid) return null;
  const parents = parentsOfAll();
  const belongs = (one) => one === pid || (parents.has(one) && belongs(parents.get(one)));
  const read = (one, file) => {
    try {
      return readFileSync(`/proc/${one}/${file}`, "utf8");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  const isPage = (command) => command.includes("WebKitWebProcess") || (command.includes("--type=renderer") && !command.includes("--extension-process"));
  const ran = (one) => Number(read(one, `task/${one}/schedstat`).split(" ")[0]);
  // A browser keeps others in reserve: the one that works is the page.
  return [...parents.keys()].filter((one) => belongs(one) && isPage(read(one, "cmdline"))).sort((a, b) => ran(b) - ran(a))[0] ?? null;
}

/** A busy machine makes every page slow: what a gap was without the time in line is what the page itself took. */
function without(gaps) {
  const at = (time, what) => {
    const after = samples.findIndex((one) => one.at >= time);
    if (after <= 0) return samples.at(after)?.[what] ?? 0;
    const [a, b] = [samples[after - 1], samples[after]];
    return a[what] + ((time - a.at) / (b.at - a.at || 1)) * (b[what] - a[what]);
  };
  const own = gaps.map(({ at: end, gap }) => Math.round(gap - (at(end, "waited") - at(end - gap, "waited")))).sort((a, b) => b - a);
  return { worst: own[0] ?? 0, over50: own.filter((one) => one > 50).length, longest: own.slice(0, 8) };
}
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://bench");
  if (request.method === "POST" && pathname === "/mark") return response.end(browser ? String(memoryOf(browser.pid)) : "");
  if (request.method === "POST" && pathname === "/note") {
    console.error(decodeURIComponent(new URL(request.url, "http://bench").search));
    return response.end();
  }
  if (request.method === "POST" && pathname === "/report") {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      response.end();
      const report = JSON.parse(body);
      if (report.streaming) report.streaming.withoutWaiting = without(report.streaming.gaps);
      if (report.streaming) report.streaming.gaps = report.streaming.gaps.length;
      console.log(JSON.stringify(report, null, 1).replace(/\n\s+(?=[\d\]])/g, " "));
      finish(0);
    });
    return;
  }
  const path = join(built, normalize(pathname === "/" ? "/bench/index.html" : pathname));
  if (!path.startsWith(built) || !existsSync(path)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream", "content-security-policy": policy }).end(readFileSync(path));
});

function finish(code) {
  if (asked.serve) return;
  if (browser) process.kill(-browser.pid, "SIGKILL"); // with everything it has started
  server.close();
  server.closeAllConnections();
  setTimeout(() => {
    if (profile) rmSync(profile, { recursive: true, force: true, maxRetries: 9 });
    process.exit(code);
  }, 500);
}

server.listen(asked.port ?? 0, "127.0.0.1", () => {
  const query = new URLSearchParams(Object.entries(asked).filter(([name]) => ["only", "rate", "characters", "rounds", "scrolled", "kinds"].includes(name)));
  const address = `http://127.0.0.1:${server.address().port}/?${query}`;
  console.log(address);
  if (asked.serve) return;
  profile = mkdtempSync(join(tmpdir(), "nexdesk-bench-"));
  const webkit = asked.browser === "MiniBrowser" ? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser" : asked.browser;
  const [program, ...args] = webkit
    ? ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", webkit, "--geometry=1280x800", address]
    : ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", `--user-data-dir=${profile}`, address];
  browser = spawn(program, args, { stdio: "ignore", detached: true, env: { ...process.env, WEBKIT_DISABLE_DMABUF_RENDERER: "1", HOME: profile } });
  setInterval(sample, 5);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => finish(1));
  setTimeout(() => finish(2), 500_000);
});
