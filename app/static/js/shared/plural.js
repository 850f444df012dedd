/**
 * Reads the plural rule of a gettext catalogue, e.g. `n%10==1 && n%100!=11 ? 0 : 1`, into a function.
 * No eval: a parser for numbers, n, brackets and the operators of C that such rules use. Unreadable rules throw.
 */

/** @typedef {(n: number) => number} Rule */

/** Operators by binding strength, weakest first. @type {string[][]} */
const LEVELS = [['||'], ['&&'], ['==', '!='], ['<=', '>=', '<', '>'], ['+', '-'], ['*', '/', '%']];

/** @type {Record<string, (a: number, b: number) => number>} */
const APPLY = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
};

/**
 * @param {string} expression
 * @returns {Rule}
 */
export function pluralRule(expression) {
  const tokens = expression.match(/\d+|n|\|\||&&|[=!<>]=|[<>?:()!+\-*/%]|[^\s]/g) ?? [];
  let at = 0;
  /** @param {string} token */
  const take = (token) => tokens[at] === token && ++at > 0;
  /** @param {string} token */
  const expect = (token) => {
    if (!take(token)) throw new SyntaxError(`plural rule: expected ${token} in ${expression}`);
  };

  /** @returns {Rule} */
  function choice() {
    const test = binary(0);
    if (!take('?')) return test;
    const yes = choice();
    expect(':');
    const no = choice();
    return (n) => (test(n) === 0 ? no(n) : yes(n));
  }
  /** @param {number} level @returns {Rule} */
  function binary(level) {
    if (level === LEVELS.length) return unary();
    let left = binary(level + 1);
    while (LEVELS[level].includes(tokens[at])) {
      const apply = APPLY[tokens[at++]];
      const [a, b] = [left, binary(level + 1)];
      left = (n) => apply(a(n), b(n));
    }
    return left;
  }
  /** @returns {Rule} */
  function unary() {
    if (take('!')) {
      const inner = unary();
      return (n) => Number(inner(n) === 0);
    }
    if (take('(')) {
      const inner = choice();
      expect(')');
      return inner;
    }
    if (take('n')) return (n) => n;
    const token = tokens[at++] ?? '';
    if (!/^\d+$/.test(token))
      throw new SyntaxError(`plural rule: unexpected ${token || 'end'} in ${expression}`);
    return () => Number(token);
  }

  const rule = choice();
  if (at < tokens.length) throw new SyntaxError(`plural rule: unexpected ${tokens[at]} in ${expression}`);
  return rule;
}
