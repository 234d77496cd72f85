import type { Page } from '@playwright/test';
import type { Timing } from './report.ts';

interface PageCase {
  name: string;
  /** What is to be seen when its data are there, each by a selector. */
  ready: readonly string[];
}

const ROW = 'main tbody tr';
const FIELD = 'main form input';

/** Pages that the menu leads to. */
export const PAGES: readonly (PageCase & { path: string })[] = [
  {
    name: 'Overview',
    path: '/',
    ready: ['[aria-label=Figures] h2', ROW, '[aria-labelledby=overview-providers] li'],
  },
  {
    name: 'AI Processing',
    path: '/processing',
    ready: [ROW, '[aria-labelledby=processing-charts] canvas', '[aria-labelledby=processing-health] svg'],
  },
  { name: 'Jobs', path: '/jobs', ready: [ROW] },
  { name: 'Batches', path: '/batches', ready: [ROW] },
  { name: 'Classifiers', path: '/classifiers', ready: [ROW] },
  { name: 'Playground', path: '/playground', ready: ['main textarea', 'main select option:nth-child(2)'] },
  { name: 'Providers', path: '/advanced/providers', ready: ['main tbody[aria-label] tr'] },
  { name: 'Failover', path: '/advanced/failover', ready: [FIELD] },
  { name: 'Drills', path: '/advanced/drills', ready: [ROW] },
  { name: 'Tokens', path: '/tokens', ready: [ROW] },
  { name: 'Webhooks', path: '/webhooks', ready: [ROW] },
  { name: 'Audit', path: '/audit', ready: ['main section li'] },
  { name: 'Settings', path: '/settings', ready: [FIELD] },
];

/** Pages that a list leads to. */
const DETAILS: readonly (PageCase & { list: string })[] = [
  {
    name: 'A job',
    list: '/jobs',
    ready: ['[aria-labelledby=job-facts] dd', '[aria-labelledby=job-attempts] li'],
  },
  {
    name: 'A provider',
    list: '/advanced/providers',
    ready: ['[aria-labelledby=provider-health] svg', '[aria-labelledby=provider-usage] canvas'],
  },
  { name: 'A batch', list: '/batches', ready: ['[aria-label=Progress] li'] },
  { name: 'A classifier', list: '/classifiers', ready: ['[aria-labelledby=classifier-labels] li'] },
];

/** Opens each page by its link in the menu or in its list, every time with nothing read yet. */
export async function measurePages(page: Page, url: string, rounds: number): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const { name, ready } of PAGES) {
    const ms: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await page.goto(`${url}/nowhere`);
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
      ms.push(await timeClick(page, `//nav//a[contains(., ${JSON.stringify(name)})]`, ready));
    }
    timings.push({ name, ms });
  }
  for (const { name, list, ready } of DETAILS) {
    const ms: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await page.goto(url + list);
      await page.locator(ROW).first().waitFor();
      ms.push(await timeClick(page, '//main//tbody//a', ready));
    }
    timings.push({ name, ms });
  }
  return timings;
}

/**
 * Milliseconds from a click on what the XPath finds to the frame in which every selector finds something.
 * @throws where one does not within ten seconds
 */
export function timeClick(page: Page, target: string, ready: readonly string[]): Promise<number> {
  return page.evaluate(
    ({ target, ready }) =>
      new Promise<number>((resolve, reject) => {
        const found = document.evaluate(target, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
        const startedAt = performance.now();
        (found.singleNodeValue as HTMLElement).click();
        const look = () => {
          const missing = ready.filter((selector) => !document.querySelector(selector));
          const isBusy = document.querySelector('main [aria-busy=true]') !== null;
          const tookMs = performance.now() - startedAt;
          if (missing.length === 0 && !isBusy) resolve(tookMs);
          else if (tookMs > 10_000) reject(new Error(`${target} leads to no ${missing.join(', ') || 'end'}`));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    { target, ready },
  );
}
