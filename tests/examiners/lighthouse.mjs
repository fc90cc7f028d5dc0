// Google's Lighthouse reads pages as on a phone (its default: a slow one on a slow network, simulated).
// `node lighthouse.mjs ROUNDS PORT`, addresses on standard input as JSON: [{"url": …, "skip": [audits]}], and reports
// on standard output as JSON. Accessibility, best practices and SEO are asked once, performance as often as it takes
// until most of ROUNDS agree on whether it reaches 95. PORT is where Chromium listens.
import { readFileSync } from 'node:fs';
import lighthouse from 'lighthouse';

const [rounds, port] = process.argv.slice(2).map(Number);
const WANTED = 0.95;
const NAMES = ['performance', 'accessibility', 'best-practices', 'seo'];

// A page that cannot be recorded is asked for again: on a busy machine it is the recording that failed.
async function ask(url, onlyCategories, skipAudits, tries = 3) {
  const flags = { port, logLevel: 'silent', output: 'json', disableFullPageScreenshot: true };
  const { lhr } = await lighthouse(url, flags, {
    extends: 'lighthouse:default',
    settings: { onlyCategories, skipAudits },
  });
  const lost = lhr.runtimeError?.message ?? (onlyCategories.some(name => lhr.categories[name].score === null) && 'no score');
  if (lost && tries > 1) return ask(url, onlyCategories, skipAudits, tries - 1);
  if (lost) throw new Error(`${url}: ${lost}`);
  return lhr;
}

function missed(report) {
  return Object.values(report.categories).flatMap(category => category.auditRefs
    .filter(({ id, weight }) => weight > 0 && report.audits[id].score !== null && report.audits[id].score < 0.9)
    .map(({ id }) => {
      const { displayValue = '', details } = report.audits[id];
      return `${category.id}: ${id} ${displayValue} ${JSON.stringify(details?.items?.slice(0, 2) ?? '').slice(0, 400)}`;
    }));
}

const found = [];
for (const { url, skip = [] } of JSON.parse(readFileSync(0, 'utf8'))) {
  const first = await ask(url, NAMES, skip);
  const scores = Object.fromEntries(NAMES.map(name => [name, first.categories[name].score]));
  const performance = [scores.performance];
  const metrics = Object.fromEntries(['largest-contentful-paint', 'cumulative-layout-shift', 'total-blocking-time']
    .map(id => [id, first.audits[id].numericValue]));
  const most = Math.floor(rounds / 2) + 1;
  const agree = () => Math.max(performance.filter(each => each >= WANTED).length,
    performance.filter(each => each < WANTED).length);
  while (agree() < most) performance.push((await ask(url, ['performance'], skip)).categories.performance.score);
  found.push({ url, scores, performance, metrics, missed: missed(first) });
}
process.stdout.write(JSON.stringify(found));
