"use strict";

// Both pages: finding and making elements. Text goes in as text, so no label can become markup.

const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

// What Python wrote into the page.
const data = JSON.parse(byId("data").textContent);

// A new HTML element with a class and a text.
function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// A new SVG element with its attributes.
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// A number for people: a real minus sign, and no more decimals than it has.
const written = (number, decimals = 2) =>
  String(Number(number.toFixed(decimals)) + 0).replace("-", "−");
