// Building elements; text is only ever set as text.

// make("a", {href: "/", class: "soft", onclick: f, hidden: true}, "text", child, null)
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const part = (root, name) => root.querySelector(`[data-part=${name}]`);

// Set text only where it differs, so that screen readers and selections are left alone.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Dollars, with tenths of cents where cents would say little.
export const dollars = (amount) => `$${amount.toFixed(amount > 0 && amount < 0.1 ? 3 : 2)}`;

// Fill a progress bar; `fraction` from 0 to 1.
export function fill(bar, fraction) {
  bar.firstElementChild.style.width = `${Math.round(100 * Math.min(1, Math.max(0, fraction)))}%`;
}

// Make `parent` hold exactly these children in this order; those that are in place are not touched.
export function arrange(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
}
