// The work that shows a person’s browser is there (station/screening/services/proofs.py): find a number by trying.
// One implementation of SHA-256 (FIPS 180-4) in plain numbers: for inputs of one block it is several times faster than
// crypto.subtle, whose every answer is a promise, and it runs where that is missing.

const SLICE = 12; // milliseconds of work between two breaths, so that the page scrolls and types on

const [ROUNDS, START] = constants();
const words = new Int32Array(64);

/**
 * Solve a challenge of the house.
 * @param {{token: string, salt: string, target: string, most: number}} challenge
 * @returns {Promise<string>} the proof, as the form's field `proof` carries it; rejects when there is no solution
 */
export async function solve({ token, salt, target, most }) {
  const wanted = Array.from({ length: 8 }, (_, at) => parseInt(target.slice(8 * at, 8 * at + 8), 16) | 0);
  let until = performance.now() + SLICE;
  for (let number = 0; number <= most; number += 1) {
    if (fits(salt + number, wanted)) return `${token}:${number}`;
    if ((number & 127) === 127 && performance.now() > until) {
      await new Promise((resume) => setTimeout(resume));
      until = performance.now() + SLICE;
    }
  }
  throw new RangeError('this challenge has no solution');
}

/**
 * Whether the SHA-256 of a short ASCII text (55 characters at most) is the one wanted.
 * @param {string} text
 * @param {number[]} wanted
 */
function fits(text, wanted) {
  words.fill(0, 0, 16);
  for (let at = 0; at < text.length; at += 1) words[at >> 2] |= text.charCodeAt(at) << (24 - 8 * (at & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = text.length * 8;
  for (let at = 16; at < 64; at += 1) {
    const a = words[at - 15];
    const b = words[at - 2];
    const low = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const high = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[at] = (words[at - 16] + low + words[at - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let at = 0; at < 64; at += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0;
    d = c; c = b; b = a; a = (one + two) | 0;
  }
  return [a, b, c, d, e, f, g, h].every((word, at) => ((word + START[at]) | 0) === wanted[at]);
}

/** @param {number} word @param {number} by */
function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/** The fractional parts of the cube and square roots of the first primes, as the standard defines them. */
function constants() {
  /** @type {number[]} */
  const primes = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const fraction = (/** @type {number} */ root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  return [primes.map((prime) => fraction(Math.cbrt(prime))), primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))];
}
