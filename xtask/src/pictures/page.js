// What a page of ours is held to, as functions of `groundline`; each returns what is wrong, in words. Evaluated in the page.
(() => {
  "use strict";
  const name = (element) => {
    const text = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 50);
    const classes = element.getAttribute("class");
    return `<${element.localName}${element.id ? "#" + element.id : ""}${classes ? "." + classes.trim().replace(/\s+/g, ".") : ""}> ${text}`;
  };
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    return box.width > 1 && box.height > 1 && box.right + scrollX > 0;
  };

  // Colours as four numbers, laid over each other.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const fill = at instanceof SVGElement ? null : colour(getComputedStyle(at).backgroundColor);
      if (fill && fill[3] > 0) layers.push(fill);
    }
    // A box of the picture is behind its words.
    const box = element.closest("g")?.querySelector("rect");
    if (box) layers.unshift(colour(getComputedStyle(box).fill));
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return layers.reduceRight((below, top) => over(top, below), dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const opacity = (element) => { let all = 1; for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity); return all; };

  // WCAG 2.2, 1.4.3 Contrast (Minimum): 4.5, or 3 for large text (24 px, or 18.66 px bold).
  const contrast = () => {
    const wrong = new Map();
    let looked = 0, least = 21;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || ["script", "style", "title", "option"].includes(element.localName) || !isSeen(element)) continue;
      const style = getComputedStyle(element);
      const ink = colour(element instanceof SVGElement ? style.fill : style.color);
      ink[3] *= opacity(element);
      const paper = behind(element);
      const found = ratio(over(ink, paper), paper);
      const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      looked += 1; least = Math.min(least, found);
      if (found < (isLarge ? 3 : 4.5)) wrong.set(`${name(element)}: contrast ${found.toFixed(2)}`, true);
    }
    return { wrong: [...wrong.keys()], looked, least };
  };

  // Everything that can be used is reached with Tab, and shows that it is.
  const focusables = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((element) => element.tabIndex >= 0 && !element.disabled && (isSeen(element) || element.classList.contains("skip")));
  const reached = new Set(), unmarked = new Set();
  const watch = () => document.addEventListener("focusin", (event) => {
    reached.add(event.target);
    const style = getComputedStyle(event.target);
    if (style.outlineStyle === "none" && style.boxShadow === "none") unmarked.add(event.target);
  });
  const keyboard = () => ({
    wrong: focusables().filter((element) => !reached.has(element)).map((element) => `${name(element)}: Tab does not reach it`)
      .concat([...unmarked].map((element) => `${name(element)}: nothing shows that it has the focus`)),
    looked: focusables().length,
  });

  const width = () => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    // What scrolls within itself is no reason; what is placed by itself is not held by it.
    const scrolls = (element) => { for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true; return false; };
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1 && (getComputedStyle(one).position === "absolute" || !scrolls(one)));
    return [`the page is ${root.scrollWidth} px wide, of ${root.clientWidth}`].concat(wide.slice(0, 5).map(name));
  };

  // Names for who hears the page.
  const names = () => {
    const wrong = [];
    if (!document.documentElement.lang) wrong.push("the page has no language");
    if (document.querySelectorAll("h1").length !== 1) wrong.push("the page has not one h1");
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
      const now = Number(heading.localName[1]);
      if (now > level + 1) wrong.push(`${name(heading)}: a level of headings is left out`);
      level = now;
    }
    for (const element of document.querySelectorAll("a[href], button, input, [role=region], [role=img]")) {
      const label = element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.length;
      if (!label && !element.getAttribute("aria-labelledby")) wrong.push(`${name(element)}: it has no name`);
    }
    return wrong;
  };

  window.groundline = { contrast, focusables: () => focusables().length, watch, keyboard, width, names };
})();
