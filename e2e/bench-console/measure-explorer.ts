import type { Page } from '@playwright/test';
import { timeClick } from './measure-pages.ts';
import type { Timing } from './report.ts';

const PAGE = 50;

/** Filters, pages on and scrolls through the explorer. */
export async function measureExplorer(page: Page, url: string, rounds: number): Promise<Timing[]> {
  const rows = page.locator('main tbody tr');
  const filter: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await page.goto(`${url}/jobs`);
    await rows.first().waitFor();
    const startedAt = performance.now();
    await page.getByLabel('State').selectOption('failed');
    await rows.first().getByText('failed').waitFor();
    filter.push(performance.now() - startedAt);
  }
  await page.goto(`${url}/jobs`);
  await rows.first().waitFor();
  const more: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const next = `main tbody tr:nth-child(${(round + 1) * PAGE + 1})`;
    more.push(await timeClick(page, '//button[contains(., "Show more")]', [next]));
  }
  return [
    { name: 'Jobs: a filter', ms: filter },
    { name: 'Jobs: 50 more', ms: more },
    { name: `Jobs: a frame of scrolling ${(rounds + 1) * PAGE} rows`, ms: await scroll(page) },
  ];
}

/** How long each frame takes while the page is scrolled from top to bottom. */
function scroll(page: Page): Promise<number[]> {
  return page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = [];
        let before = performance.now();
        window.scrollTo(0, 0);
        const step = (now: number) => {
          frames.push(now - before);
          before = now;
          window.scrollBy(0, 120);
          const isAtEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1;
          if (isAtEnd) resolve(frames.slice(2));
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  );
}
