// What a browser makes of the pages of yoke report: complete without scripts, alone without a network, without barriers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const { YOKE, WRITE_RESULTS, CHROMIUM, NODE_MODULES } = process.env;
const require = createRequire(join(NODE_MODULES, 'x.js'));
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync'];
const folder = mkdtempSync(join(tmpdir(), 'yoke-report-'));
let browser;

/** Writes results of this kind and the page of their report, and returns the page's path. */
function report(kind, options = []) {
  const results = join(folder, `${kind}.json`);
  const page = join(folder, `${kind}${options.length}.html`);
  writeFileSync(results, execFileSync(WRITE_RESULTS, [kind], { maxBuffer: 1 << 28 }));
  execFileSync(YOKE, ['report', results, '--html', page, ...options.map((word) => word.replace('RESULTS', results))]);
  return page;
}

/** Opens a page and notes what it asks for and complains about. */
async function open(path, options = {}) {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('console', (message) => seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  await page.goto(`file://${path}`);
  return { page, seen, close: () => context.close() };
}

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: flags });
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const kind of ['small', 'wide']) {
  describe(`the page of ${kind} results`, () => {
    let path;
    before(() => {
      path = report(kind, ['--baseline', 'RESULTS']);
    });

    for (const javaScriptEnabled of [false, true]) {
      it(`is complete with JavaScript ${javaScriptEnabled ? 'on' : 'off'}, and asks nobody for anything`, async () => {
        const { page, seen, close } = await open(path, { javaScriptEnabled });
        assert.equal(await page.locator('main > section').count(), 15);
        assert.equal(await page.locator('article.verdict .backend').first().isVisible(), true);
        assert.deepEqual(seen.requests.filter((url) => !url.startsWith('file://') && !url.startsWith('data:')), []);
        assert.deepEqual(seen.complaints, []);
        await close();
      });
    }

    it('has a title, a description, numbers and a plot in every figure', async () => {
      const { page, close } = await open(path);
      const figures = await page.locator('figure').evaluateAll((all) => all.map((figure) => ({
        title: figure.querySelector('figcaption strong')?.textContent,
        plot: figure.querySelector('svg[role=img] > title')?.textContent,
        about: figure.querySelector('svg[role=img] > desc')?.textContent,
        rows: figure.querySelectorAll('table tbody tr').length,
        shapes: figure.querySelectorAll('svg path, svg use').length,
        left_out: figure.textContent.includes('plot is left out'),
      })));
      assert.ok(figures.length >= 15, `${figures.length} figures`);
      for (const figure of figures) {
        assert.ok(figure.title && figure.rows > 0, JSON.stringify(figure));
        assert.ok(figure.left_out || (figure.plot && figure.about && figure.shapes > 3), JSON.stringify(figure));
      }
      assert.ok(figures.filter((figure) => figure.left_out).length < figures.length / 3);
      await close();
    });

    for (const colorScheme of ['light', 'dark']) {
      it(`has no barrier that axe knows, ${colorScheme}`, async () => {
        const { page, close } = await open(path, { colorScheme });
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
        assert.deepEqual(violations.map((each) => `${each.id}: ${each.nodes.length} x ${each.nodes[0].html.slice(0, 200)}`), []);
        await close();
      });
    }

    for (const width of [375, 1440]) {
      it(`fits into ${width} px, with plots that can be read`, async () => {
        const { page, close } = await open(path, { viewport: { width, height: 800 } });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
        const smallest = await page.locator('figure svg').evaluateAll((all) => Math.min(...all.map((svg) =>
          svg.getBoundingClientRect().width / svg.viewBox.baseVal.width * 14)));
        assert.ok(smallest >= 7.5, `text of ${smallest} px in a plot`);
        await close();
      });
    }

    it('prints, with the numbers of every figure', async () => {
      const { page, close } = await open(path);
      await page.emulateMedia({ media: 'print' });
      const heights = await page.locator('details > .frame').evaluateAll((all) => all.map((frame) => frame.getBoundingClientRect().height));
      assert.ok(heights.every((height) => height > 0));
      assert.ok((await page.pdf()).length > 10000);
      await close();
    });

    it('holds the raw data, whole', async () => {
      const { page, close } = await open(path);
      const links = await page.locator('a[download]').evaluateAll((all) => all.map((a) => [a.download, a.href]));
      for (const [name, href] of links) {
        const text = Buffer.from(href.split('base64,')[1], 'base64').toString();
        if (name.endsWith('.json')) assert.equal(JSON.parse(text).schema, 1);
        else assert.ok(text.startsWith('workload,backend,'));
      }
      assert.ok(kind !== 'small' || links.length === 2);
      await close();
    });
  });
}
