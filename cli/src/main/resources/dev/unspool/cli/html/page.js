// SPDX-License-Identifier: Apache-2.0
'use strict';

// What any page is made of: elements, numbers for people, colours of the theme that is on.

const page = document.getElementById('page');
const data = JSON.parse(document.getElementById('data').textContent);

/** Makes an element: el('p', {class: 'x'}, 'text', child). Text never becomes markup. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

/** A number for people: four digits, the same in every language of a browser. */
function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** A whole number, or a mark of an axis, with all its digits. */
function digits(value) {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9)
    ? String(Number(value.toPrecision(6)).toExponential()).replace('e+', 'e')
    : value.toLocaleString('en-US', {maximumFractionDigits: 10});
}

const probe = el('span', {hidden: true});
document.body.append(probe);

/** A colour of the style sheet as a canvas understands it, in the theme that is on. */
function colour(name, alpha = 1) {
  probe.style.color = `var(--${name})`;
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** Something wide that scrolls by itself, also by keyboard. */
function scroll(label, ...content) {
  return el('div', {class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label}, ...content);
}

/** A part of the page, if there is anything in it. */
function section(title, ...content) {
  const present = content.flat().filter(each => each !== null);
  if (present.length > 0) {
    page.append(el('section', {}, el('h2', {}, title), el('div', {class: 'cards'}, ...present)));
  }
}

/** A button that turns the page from light to dark, and draws its charts anew. */
function theme() {
  const isDark = () => getComputedStyle(document.documentElement).colorScheme === 'dark'
    || (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  const label = () => (isDark() ? 'Light' : 'Dark');
  const button = el('button', {type: 'button', class: 'theme', onclick: () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    button.textContent = label();
    recolour();
  }}, label());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    button.textContent = label();
    recolour();
  });
  return button;
}

/** Asks which of several is to be seen; null where there is no choice. */
function choice(label, options, chosen) {
  if (options.length < 2) {
    return null;
  }
  const select = el('select', {onchange: () => chosen(options[select.selectedIndex][0])},
    ...options.map(([, text]) => el('option', {}, text)));
  return el('label', {}, label, select);
}
