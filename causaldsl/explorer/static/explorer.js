// The explorer's page. One state (what is set, what is seen), one request in flight, and what came back is drawn.

const $ = (id) => document.getElementById(id);
const MODES = ["see", "do", "given"];
const PIECES = 8; // in which the judge reads: ever more pictures
const viewer = crypto.getRandomValues(new Uint32Array(2)).join("-");

let model; // what /api/model says
const chosen = new Map(); // node -> { mode: "do" | "given", value }
const view = { n: 10, seed: 0, about: null };
let inFlight = false, stale = false, idle = 0, last = null;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element[name] = value;
  element.append(...children);
  return element;
};
const byName = (name) => model.nodes.find((node) => node.name === name);
const isLabel = (node) => node.kind === "discrete" || node.kind === "real";
const inQuotes = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
const spelled = (node, value) =>
  `${node.spelled}=${typeof value === "string" ? inQuotes(value) : value}`;
const assignments = (mode) =>
  model.nodes.filter((node) => chosen.get(node.name)?.mode === mode).map((node) => spelled(node, chosen.get(node.name).value));

// --- the state and its address

function query() {
  const found = new URLSearchParams();
  for (const mode of ["do", "given"]) for (const text of assignments(mode)) found.append(mode, text);
  found.append("n", view.n);
  found.append("seed", view.seed);
  return found;
}

function restore() {
  const asked = new URLSearchParams(location.search);
  for (const mode of ["do", "given"]) {
    for (const text of asked.getAll(mode)) {
      const node = model.nodes.find((one) => isLabel(one) && text.startsWith(`${one.spelled}=`));
      if (!node) continue;
      const raw = text.slice(node.spelled.length + 1).replace(/^"(.*)"$/s, "$1").replaceAll('\\"', '"').replaceAll("\\\\", "\\");
      const value = node.kind === "real" ? Number(raw) : node.levels.find((level) => String(level) === raw);
      if (value !== undefined && !Number.isNaN(value)) chosen.set(node.name, { mode, value });
    }
  }
  view.n = Math.min(40, Math.max(1, Number(asked.get("n")) || 10));
  view.seed = Math.max(0, Math.floor(Number(asked.get("seed"))) || 0);
  view.about = byName(asked.get("about"))?.name ?? null;
  $("n").value = view.n;
}

function choose(node, mode, value) {
  if (mode === "see") chosen.delete(node.name);
  else chosen.set(node.name, { mode, value: value ?? chosen.get(node.name)?.value ?? initial(node) });
  changed();
}

const initial = (node) => (node.kind === "real" ? rounded((node.low + node.high) / 2) : node.levels.at(-1));
const rounded = (x) => Number(x.toPrecision(4));

function changed() {
  const address = query();
  if (view.about) address.append("about", view.about);
  history.replaceState(null, "", `?${address}`);
  for (const node of model.nodes.filter(isLabel)) refreshCard(node);
  refreshQuestion();
  ask();
}

// --- one request in flight

async function fetched(address, upload) {
  const answer = await fetch(address, { headers: { "X-Viewer": viewer }, ...(upload && { method: "POST", body: upload }) });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.hint ? `${found.error}: ${found.hint}` : found.error);
  return found;
}

async function ask() {
  clearTimeout(idle);
  if (inFlight) { stale = true; return; }
  inFlight = true;
  stale = false;
  const begun = performance.now();
  say("drawing …");
  const asked = query();
  try {
    draw(await fetched(`api/look?${asked}`));
    document.body.dataset.seconds = ((performance.now() - begun) / 1000).toFixed(3);
    say("");
    if (upload && !stale) await imagine(asked);
    if (model.read && !stale) idle = setTimeout(() => read(asked), 250);
  } catch (error) {
    say(error.message, true);
  }
  inFlight = false;
  if (stale) ask();
}

// --- a picture of the viewer's own

let upload = null;

async function imagine(asked) {
  const found = await fetched(`api/imagine?${asked}`, upload);
  $("before").src = found.before;
  $("after").src = found.after;
  $("after").alt = $("after-name").textContent = `the same under ${found.name}`;
  $("imagine-note").textContent = found.notes.join("; ");
  $("imagined").hidden = false;
}

async function read(asked) {
  if (inFlight) return;
  const sums = [{}, {}], seed = Number(asked.get("seed"));
  let n = 0;
  inFlight = true;
  try {
    for (let piece = 0; piece < PIECES && !stale; piece += 1) { // a click waits for one piece at most
      asked.set("seed", (seed + 1000 * piece) % 2 ** 31);
      const found = await fetched(`api/read?${asked}`);
      n += found.n;
      found.worlds.forEach((world, at) => {
        for (const [name, seen] of Object.entries(world)) {
          const told = seen.p ?? [seen.mean];
          sums[at][name] = told.map((x, i) => (sums[at][name]?.[i] ?? 0) + x * found.n);
          if (!stale) tick(name, at, sums[at][name].map((x) => x / n), n);
        }
      });
    }
  } catch (error) {
    say(error.message, true);
  }
  inFlight = false;
  if (stale) ask();
}

function say(text, wrong = false) {
  $("status").textContent = text;
  $("status").classList.toggle("wrong", wrong);
}

// --- what came back

function draw(found) {
  last = found;
  $("graph").innerHTML = found.svg;
  for (const group of document.querySelectorAll("#graph svg g > g")) pressable(group);
  found.worlds.forEach((world, at) => {
    const place = $("worlds").children[at];
    place.querySelector("h2").textContent = world.name;
    const strip = place.querySelector(".strip");
    world.pictures.forEach((address, i) => {
      const picture = strip.children[i] ?? strip.appendChild(make("img"));
      picture.src = address;
      picture.alt = `picture ${i + 1}, ${world.name}`;
    });
    while (strip.children.length > world.pictures.length) strip.lastChild.remove();
    const warnings = new Set(Object.values(world.law).map((law) => law.warning).filter(Boolean));
    place.querySelector(".note").textContent = [...world.notes, ...warnings].join("; ");
  });
  for (const node of model.nodes.filter(isLabel)) refreshBars(node);
  refreshQuestion();
}

function pressable(group) {
  const node = byName(group.querySelector(":scope > title")?.textContent);
  if (!node || !isLabel(node)) return;
  const mode = chosen.get(node.name)?.mode ?? "see";
  const next = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
  const press = () => {
    choose(node, next);
    card(node).scrollIntoView({ block: "nearest" });
    pressed = node.name;
  };
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-label", `${node.name}: ${mode}; press for ${next}`);
  group.addEventListener("click", press);
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); press(); }
  });
  if (pressed === node.name) { group.focus({ preventScroll: true }); pressed = null; }
}
let pressed = null; // keeps the focus where it was when the graph is drawn anew

// --- cards

const card = (node) => $("nodes").children[model.nodes.filter(isLabel).indexOf(node)];

function makeCard(node) {
  const set = make("fieldset", {}, make("legend", { textContent: node.name }));
  set.dataset.node = node.name;
  const modes = make("div", { className: "modes" });
  for (const mode of MODES) {
    const radio = make("input", { type: "radio", name: `mode ${node.name}`, value: mode });
    radio.addEventListener("change", () => choose(node, mode));
    modes.append(make("label", {}, radio, mode));
  }
  const ask = make("button", { type: "button", textContent: "ask", title: `make ${node.name} what the question asks about` });
  ask.addEventListener("click", () => { view.about = node.name; changed(); });
  modes.append(ask);
  const value = make("div", { className: "value" });
  if (node.kind === "real") {
    const slider = make("input", { type: "range", min: node.low, max: node.high, step: (node.high - node.low) / 100, ariaLabel: `value of ${node.name}` });
    slider.addEventListener("input", () => choose(node, chosen.get(node.name).mode, rounded(Number(slider.value))));
    value.append(slider, make("span", { className: "number" }));
  } else {
    const select = make("select", { ariaLabel: `value of ${node.name}` });
    node.levels.forEach((level, i) => select.append(make("option", { value: i, textContent: level })));
    select.addEventListener("change", () => choose(node, chosen.get(node.name).mode, node.levels[select.value]));
    value.append(make("span", { textContent: "=" }), select);
  }
  set.append(modes, value, make("div", { className: "bars" }));
  return set;
}

function refreshCard(node) {
  const set = card(node), state = chosen.get(node.name), mode = state?.mode ?? "see";
  set.className = mode;
  for (const radio of set.querySelectorAll("input[type=radio]")) radio.checked = radio.value === mode;
  set.querySelector(".value").hidden = !state;
  set.querySelector(".value").style.display = state ? "" : "none";
  if (!state) return;
  if (node.kind === "real") {
    set.querySelector("input[type=range]").value = state.value;
    set.querySelector(".value .number").textContent = state.value;
  } else set.querySelector("select").value = node.levels.indexOf(state.value);
}

function refreshBars(node) {
  const bars = card(node).querySelector(".bars");
  bars.replaceChildren();
  last.worlds.forEach((world, at) => {
    const law = world.law[node.name];
    if (!law) return;
    const kind = at ? "seen" : "done", word = at ? "seen" : "do";
    if (node.kind === "real") {
      const bar = make("div", { className: `bar ${kind}`, title: law.method }, make("span", { textContent: word }),
        make("span", { textContent: `${rounded(law.mean)} ± ${rounded(law.sd)}` }));
      bar.dataset.world = at;
      bars.append(bar);
      return;
    }
    law.p.forEach((p, i) => {
      if (node.levels.length === 2 && i === 0) return; // the other level is the rest
      const label = node.levels.length === 2 ? `${word} =${node.levels[i]}` : `${word} ${node.levels[i]}`;
      const fill = make("div", { className: "fill" });
      fill.style.width = `${100 * p}%`;
      const track = make("div", { className: "track" }, fill);
      const bar = make("div", { className: `bar ${kind}`, title: law.method }, make("span", { textContent: label }), track,
        make("span", { className: "number", textContent: p === null ? "–" : p.toFixed(3) }));
      Object.assign(bar.dataset, { world: at, level: i });
      bars.append(bar);
    });
  });
}

function tick(name, at, told, n) {
  const node = byName(name), bars = node ? card(node).querySelectorAll(`.bar[data-world="${at}"]`) : [];
  for (const bar of bars) {
    bar.querySelector(".tick, .told")?.remove();
    const read = told[bar.dataset.level ?? 0], title = `read in ${n} pictures: ${read.toFixed(3)}`;
    bar.dataset.read = read;
    if (node.kind === "real") {
      bar.append(make("span", { className: "told", title, textContent: `read ${rounded(read)}` }));
      continue;
    }
    const mark = make("div", { className: "tick", title });
    mark.style.left = `calc(${100 * read}% - 1px)`;
    bar.querySelector(".track").append(mark);
  }
}

// --- the question

function refreshQuestion() {
  const labels = model.nodes.filter(isLabel);
  const about = labels.find((node) => node.name === view.about && !chosen.has(node.name)) ?? labels.find((node) => !chosen.has(node.name));
  const set = assignments("do"), seen = assignments("given");
  const condition = [...(set.length ? [`do(${set.join(", ")})`] : []), ...seen].join(", ");
  if (!about) { $("question").textContent = $("answer").textContent = ""; return; }
  const left = about.kind === "real" ? `E[${about.spelled}` : `P(${spelled(about, about.levels.at(-1))}`;
  $("question").textContent = `query ${left}${condition ? ` | ${condition}` : ""}${about.kind === "real" ? "]" : ")"}`;
  const law = last?.worlds[0].law[about.name];
  $("answer").textContent = !law ? "" : about.kind === "real" ? `= ${rounded(law.mean)}` : `= ${law.p.at(-1)?.toFixed(4) ?? "undefined"} (${law.method})`;
}

async function copied(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    say(`the browser does not let the page copy; here it is: ${text}`);
  }
}

// --- begin

model = await fetched("api/model");
document.title = `${model.title} · causaldsl`;
$("title").textContent = model.title;
$("tick-key").hidden = !model.read;
$("imagine").hidden = !model.imagines;
$("file").addEventListener("change", () => { upload = $("file").files[0] ?? null; $("imagined").hidden = true; ask(); });
for (const kind of ["done", "seen"]) {
  $("worlds").append(make("article", { className: `world ${kind}` }, make("h2"), make("div", { className: "strip" }), make("p", { className: "note" })));
}
$("nodes").append(...model.nodes.filter(isLabel).map(makeCard));
$("n").addEventListener("change", () => { view.n = Math.min(40, Math.max(1, Math.round(Number($("n").value)) || 10)); $("n").value = view.n; changed(); });
$("others").addEventListener("click", () => { view.seed += 1; changed(); });
$("reset").addEventListener("click", () => { chosen.clear(); view.seed = 0; changed(); });
$("link").addEventListener("click", () => copied(location.href, "link"));
$("copy").addEventListener("click", () => copied($("question").textContent, "question"));
restore();
changed();
