// What the card and bank fields accept, and Stripe's words for what is wrong with them.

const digits = (text) => text.replace(/\D/g, '');

export function spaced(text) {
  const all = digits(text);
  const groups = /^3[47]/.test(all) ? [4, 6, 5] : [4, 4, 4, 4, 3];
  let at = 0;
  return groups.map((size) => all.slice(at, (at += size))).filter(Boolean).join(' ');
}

export function monthAndYear(text) {
  let all = digits(text);
  if (/^[2-9]/.test(all)) all = `0${all}`;
  if (/^\d{2}20\d{2}$/.test(all)) all = all.slice(0, 2) + all.slice(4);
  return all.length > 2 ? `${all.slice(0, 2)} / ${all.slice(2, 4)}` : all;
}

function luhn(number) {
  const sum = [...number].reverse().reduce((total, digit, n) => {
    const value = Number(digit) * (n % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

// Nine digits with the check digit of the American Bankers Association.
function routing(number) {
  const sum = [...number].reduce((total, digit, n) => total + Number(digit) * [3, 7, 1][n % 3], 0);
  return number.length === 9 && sum % 10 === 0;
}

export const CHECKS = {
  number(text) {
    const all = digits(text);
    const whole = /^3[47]/.test(all) ? 15 : 16;
    if (all.length >= whole && !luhn(all)) return 'Your card number is invalid.';
    return all.length < whole ? 'Your card number is incomplete.' : '';
  },
  expiry(text) {
    const all = digits(text);
    if (all.length < 4) return 'Your card’s expiration date is incomplete.';
    const [month, year] = [Number(all.slice(0, 2)), 2000 + Number(all.slice(2, 4))];
    if (month < 1 || month > 12) return 'Your card’s expiration date is invalid.';
    const now = new Date();
    const past = year < now.getFullYear() || (year === now.getFullYear() && month < now.getMonth() + 1);
    return past ? 'Your card’s expiration date is in the past.' : '';
  },
  cvc(text, value) {
    const wanted = /^3[47]/.test(digits(value('number'))) ? 4 : 3;
    return digits(text).length < wanted ? 'Your card’s security code is incomplete.' : '';
  },
  postal_code(text, value) {
    if (value('country') === 'US') return /^\d{5}(-?\d{4})?$/.test(text.trim()) ? '' : 'Your ZIP is incomplete.';
    return text.trim() || !['CA', 'GB'].includes(value('country')) ? '' : 'Your postal code is incomplete.';
  },
  name: (text) => (text.trim() ? '' : 'Please provide your full name.'),
  email: (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) ? '' : 'Your email is incomplete.'),
  institution: (text) => (text ? '' : 'Please choose a bank account.'),
  routing: (text) => (routing(digits(text)) ? '' : 'Your routing number is invalid.'),
  account: (text) => (digits(text).length >= 4 ? '' : 'Your account number is incomplete.'),
};

export {digits};
