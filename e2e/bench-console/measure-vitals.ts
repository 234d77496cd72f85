import type { Page } from '@playwright/test';
import { PAGES } from './measure-pages.ts';
import type { Vitals } from './report.ts';

/** Long enough for whatever moves late to have moved. */
const SETTLED_MS = 1_500;

declare global {
  interface Window {
    vitals: { lcpMs: number; cls: number; longTasksMs: number[] };
  }
}

/** What Lighthouse looks at, of each page loaded anew from an empty cache: by the browser's own observers. */
export async function measureVitals(page: Page, url: string): Promise<Vitals[]> {
  await page.addInitScript(() => {
    const vitals = { lcpMs: 0, cls: 0, longTasksMs: [] as number[] };
    window.vitals = vitals;
    const watch = (type: string, see: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
    watch('largest-contentful-paint', ({ startTime }) => (vitals.lcpMs = startTime));
    watch('layout-shift', (entry) => {
      const { value, hadRecentInput } = entry as PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      };
      if (!hadRecentInput) vitals.cls += value;
    });
    watch('longtask', ({ duration }) => vitals.longTasksMs.push(duration));
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const readScriptMs = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0);
  };
  const found: Vitals[] = [];
  for (const { name, path, ready } of PAGES) {
    await cdp.send('Network.clearBrowserCache');
    await page.goto(url + path);
    for (const selector of ready) await page.locator(selector).first().waitFor({ state: 'attached' });
    await page.waitForTimeout(SETTLED_MS);
    const { lcpMs, cls, longTasksMs } = await page.evaluate(() => window.vitals);
    // As Lighthouse counts it: what of each task is beyond 50 ms.
    const blockedMs = longTasksMs.reduce((sum, ms) => sum + Math.max(0, ms - 50), 0);
    found.push({ name, lcpMs, cls, blockedMs, scriptMs: await readScriptMs() });
  }
  return found;
}
