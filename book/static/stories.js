// Stories: sliders over numbers that the notebooks' models computed when the book was made; drawn as plain SVG.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDE = 720, NARROW = 400, HEIGHT = 300, LEFT = 56, RIGHT = 28, TOP = 24, BOTTOM = 46;
  const DASHES = ["", "7 4"];
  const shown = (value) => {
    if (typeof value !== "number") return String(value);
    const digits = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
    return digits.toLocaleString("en-US", { maximumFractionDigits: 6 }).replace("-", "−");
  };
  const make = (name, attributes, parent, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent?.append(element);
    return element;
  };
  const html = (name, attributes, parent, text) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent?.append(element);
    return element;
  };
  const ticks = (low, high, count) => {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
    const found = [];
    for (let place = Math.ceil(low / step); place * step <= high + step / 1e6; place++) found.push(place * step);
    return found;
  };
  const decades = (low, high, most) => {
    const steps = [[1, 2, 5], [1, 3], [1]].map((ones) => {
      const found = [];
      for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
        found.push(...ones.map((one) => one * 10 ** power).filter((value) => value >= low && value <= high));
      return found;
    });
    return steps.find((found) => found.length <= most) ?? steps.at(-1);
  };

  class Story {
    constructor(section) {
      this.data = JSON.parse(section.querySelector("script").textContent);
      const { axes, units } = this.data;
      this.drawn = this.data.labels.map((_, place) => place).filter((place) => units[place] === units[0]);
      this.chosen = axes.map((axis) => axis.default);
      const controls = html("div", { class: "controls" }, section);
      axes.forEach((axis, place) => this.control(axis, place, controls));
      this.told = html("p", { class: "told", role: "status", "aria-live": "polite" }, section);
      this.width = section.clientWidth < 560 ? NARROW : WIDE;
      this.svg = make("svg", { viewBox: `0 0 ${this.width} ${HEIGHT}`, role: "img" }, section);
      this.scales();
      this.draw();
    }

    // One number of the page's name for a control: a story may stand on two pages, never twice on one.
    control(axis, place, parent) {
      const id = `${this.data.name}-${axis.name}`;
      const box = html("div", {}, parent);
      html("label", { for: id }, box, axis.help + (axis.unit ? ` (${axis.unit})` : ""));
      const numbers = typeof axis.values[0] === "number";
      const input = html(numbers ? "input" : "select", { id }, box);
      const output = numbers ? html("output", { for: id }, box) : null;
      if (numbers) {
        Object.assign(input, { type: "range", min: 0, max: axis.values.length - 1, step: 1, value: axis.default });
      } else {
        axis.values.forEach((value, number) => html("option", { value: number }, input, value));
        input.value = axis.default;
      }
      const say = () => {
        this.chosen[place] = Number(input.value);
        const text = shown(axis.values[this.chosen[place]]);
        if (output) output.textContent = text;
        if (numbers) input.setAttribute("aria-valuetext", `${text} ${axis.unit}`);
      };
      input.addEventListener("input", () => { say(); this.draw(); });
      say();
    }

    // The point at a place of the first axis, the other axes as chosen.
    at(first) {
      const { axes, points } = this.data;
      return points[axes.reduce((place, axis, number) => place * axis.values.length + (number ? this.chosen[number] : first), 0)];
    }

    // Scales hold all points, so that a curve moves and its axis does not.
    scales() {
      const { axes, log, level, points } = this.data;
      const ends = points.flatMap((point) => this.drawn.flatMap((place) => point[place] ?? []));
      if (level !== null) ends.push(level);
      const centres = points.flatMap((point) => this.drawn.flatMap((place) => (point[place] ? [point[place][0]] : [])));
      const most = Math.min(Math.max(...ends), 4 * Math.max(...centres, level ?? 0));
      this.low = Math.min(0, ...ends);
      this.high = most;
      this.clipped = Math.max(...ends) > most;
      const scale = log ? Math.log : Number, [start, end] = [axes[0].values[0], axes[0].values.at(-1)].map(scale);
      this.x = (value) => LEFT + ((scale(value) - start) / (end - start)) * (this.width - LEFT - RIGHT);
      this.y = (value) => HEIGHT - BOTTOM - ((Math.min(value, most) - this.low) / (most - this.low)) * (HEIGHT - BOTTOM - TOP);
    }

    draw() {
      const { axes, labels, units, log, level, question } = this.data;
      const axis = axes[0], here = this.at(this.chosen[0]);
      const sentence = labels.map((label, place) => {
        const unit = units[place] === "ratio" ? "" : ` ${units[place]}`;
        if (!here[place]) return `${label}: does not fit`;
        const [value, low, high] = here[place];
        return `${label}: ${shown(value)}${low === high ? "" : ` (${shown(low)} to ${shown(high)})`}${unit}`;
      });
      this.told.replaceChildren();
      sentence.forEach((text, place) => {
        const line = html("span", {}, this.told);
        if (this.drawn.includes(place)) this.swatch(this.drawn.indexOf(place), line);
        line.append(text);
      });
      const svg = this.svg;
      svg.replaceChildren();
      make("title", {}, svg, `${question} ${sentence.join("; ")}`);
      const bottom = HEIGHT - BOTTOM;
      for (const value of ticks(this.low, this.high, 5)) {
        make("line", { class: "grid", x1: LEFT, x2: this.width - RIGHT, y1: this.y(value), y2: this.y(value) }, svg);
        make("text", { x: LEFT - 8, y: this.y(value) + 4, "text-anchor": "end" }, svg, shown(value));
      }
      const [start, end] = [axis.values[0], axis.values.at(-1)];
      for (const value of log ? decades(start, end, this.width / 80) : ticks(start, end, this.width / 120))
        make("text", { x: this.x(value), y: bottom + 18, "text-anchor": "middle" }, svg, shown(value));
      const name = axis.name.replaceAll("_", " ") + (axis.unit ? ` (${axis.unit})` : "");
      make("text", { x: (LEFT + this.width - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, svg, name);
      if (units[0]) make("text", { x: LEFT, y: TOP - 9, "text-anchor": "middle" }, svg, units[0]);
      if (level !== null) make("line", { class: "level", x1: LEFT, x2: this.width - RIGHT, y1: this.y(level), y2: this.y(level) }, svg);
      this.drawn.forEach((place, number) => {
        const there = axis.values.map((value, first) => [value, this.at(first)[place]]).filter(([, point]) => point);
        if (!there.length) return;
        const line = (end) => there.map(([value, point]) => `${this.x(value).toFixed(1)},${this.y(point[end]).toFixed(1)}`);
        make("path", { class: `band s${number}`, d: `M${line(1).join("L")}L${line(2).reverse().join("L")}Z` }, svg);
        make("path", { class: `line s${number}`, d: `M${line(0).join("L")}`, "stroke-dasharray": DASHES[number] ?? "" }, svg);
        if (here[place]) make("circle", { class: `mark s${number}`, r: 5, cx: this.x(axis.values[this.chosen[0]]), cy: this.y(here[place][0]) }, svg);
      });
      const x = this.x(axis.values[this.chosen[0]]);
      make("line", { class: "chosen", x1: x, x2: x, y1: TOP, y2: bottom }, svg);
      if (this.clipped) make("text", { class: "small", x: this.width - RIGHT, y: TOP - 9, "text-anchor": "end" }, svg, "bands are cut off above");
    }

    // The line of a series beside what is said of it: the legend.
    swatch(number, parent) {
      const svg = make("svg", { viewBox: "0 0 36 10", class: "swatch", "aria-hidden": "true" }, parent);
      make("line", { class: `line s${number}`, x1: 1, x2: 35, y1: 5, y2: 5, "stroke-dasharray": DASHES[number] ?? "" }, svg);
    }
  }

  const start = () => document.querySelectorAll("section.story").forEach((section) => new Story(section));
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
