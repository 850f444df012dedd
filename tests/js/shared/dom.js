/** Just enough of a document to see what symbols are made of, without a browser. */

class FakeElement {
  /** @param {string} tag */
  constructor(tag) {
    this.tag = tag;
    /** @type {Record<string, string>} */
    this.attributes = {};
    /** @type {(FakeElement | string)[]} */
    this.children = [];
    this.classList = {
      add: (/** @type {string} */ name) => this.setAttribute('class', `${this.attributes.class} ${name}`),
    };
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {...(FakeElement | string)} children */
  append(...children) {
    this.children.push(...children);
  }
}

Object.assign(globalThis, {
  document: {
    createElementNS: (/** @type {string} */ _space, /** @type {string} */ tag) => new FakeElement(tag),
  },
});

/** Every element below (and with) this one. @param {any} el @returns {FakeElement[]} */
export const all = (el) => [
  el,
  ...el.children.filter((/** @type {any} */ child) => typeof child !== 'string').flatMap(all),
];

/** The icons a symbol shows. @param {any} el */
export const icons = (el) =>
  all(el)
    .filter(({ tag }) => tag === 'use')
    .map(({ attributes }) => attributes.href.split('#')[1]);

/** @param {any} el @param {string} name */
export const byClass = (el, name) =>
  all(el).find(({ attributes }) => attributes.class?.split(' ').includes(name));

/** All words in it. @param {any} el */
export const text = (el) =>
  all(el)
    .flatMap(({ children }) => children.filter((child) => typeof child === 'string'))
    .join(' ');
