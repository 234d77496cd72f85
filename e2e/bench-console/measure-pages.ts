import type { Page } from '@playwright/test';
import type { Timing } from './report.ts';

/** What is to be seen on each page when its data are there. */
const PAGES = [
  { name: 'Overview', ready: 'main dd' },
  { name: 'AI Processing', ready: '[aria-labelledby=processing-charts] canvas' },
  { name: 'Jobs', ready: 'main tbody tr' },
  { name: 'Playground', ready: 'main textarea' },
  { name: 'Providers', ready: 'main tbody tr' },
  { name: 'Failover', ready: 'main form input' },
  { name: 'Drills', ready: 'main tbody tr' },
  { name: 'Tokens', ready: 'main tbody tr' },
  { name: 'Audit', ready: 'main section li' },
  { name: 'Settings', ready: 'main form input' },
];

/** Opens each page by its link in the menu, every time with nothing read yet. */
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
  const ms: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await page.goto(`${url}/jobs`);
    await page.locator('main tbody tr').first().waitFor();
    ms.push(await timeClick(page, `(//main//tbody//a)[${round + 1}]`, '[aria-labelledby=job-facts] dd'));
  }
  return [...timings, { name: 'A job', ms }];
}

/** Milliseconds from a click on what the XPath finds to the frame in which the selector finds something. */
export function timeClick(page: Page, target: string, ready: string): Promise<number> {
  return page.evaluate(
    ({ target, ready }) =>
      new Promise<number>((resolve) => {
        const found = document.evaluate(target, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
        const startedAt = performance.now();
        (found.singleNodeValue as HTMLElement).click();
        const look = () => {
          const isReady = document.querySelector(ready) && !document.querySelector('main [aria-busy=true]');
          if (isReady) resolve(performance.now() - startedAt);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    { target, ready },
  );
}
