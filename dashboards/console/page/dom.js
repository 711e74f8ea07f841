// The few things that are done to the page. Nothing is written as HTML: values of
// clients are shown, and are never markup.

// element makes one: attributes, then text or children.
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children)
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill(e, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) if (value != null) e.setAttribute(key, value)
  e.append(...children)
  return e
}

// text changes what is there only if it differs, so that nothing is read out twice.
export function text(e, value) {
  if (e.textContent !== value) e.textContent = value
}

export function attribute(e, key, value) {
  if (e.getAttribute(key) !== String(value)) e.setAttribute(key, value)
}

export const find = selector => document.querySelector(selector)

// colour is the number of a region's colour, 1 to 6.
export const colour = (world, region) => 1 + Math.max(0, world.regions.indexOf(region)) % 6
