import { expect, type BrowserContext, type Page } from '@playwright/test';
import axe from 'axe-core';
import type { Product } from './product.ts';

interface Running {
  product: Pick<Product, 'url' | 'adminToken'>;
}

/** Goes to a page with a session of a token, the admin's unless another is given. */
export async function signIn(page: Page, { product }: Running, path = '/', token = product.adminToken) {
  const reply = await page.request.post(`${product.url}/api/session`, { data: { token } });
  expect(reply.status()).toBe(200);
  await page.goto(`${product.url}${path}`);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toBeVisible();
  await expect(heading).not.toHaveText('Sign in');
}

/** The same by the page that asks for the token, as a person does. */
export async function signInByHand(page: Page, { product }: Running, path = '/') {
  await page.goto(`${product.url}/login?next=${encodeURIComponent(path)}`);
  await enterToken(page, product.adminToken);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  // Off the page's lists: they keep still while somebody points at them.
  await page.mouse.move(0, 0);
}

/** Signs in on the page that asks for it. */
export async function enterToken(page: Page, token: string) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What no page may do, gathered as it happens: an error in its console, or a request to another host. */
export function watchFaults(context: BrowserContext, url: string): string[] {
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(`uncaught: ${error.error().message}`));
  context.on('console', (message) => {
    // The browser reports every 4xx itself; which of them are right is for the tests to say.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(`console: ${message.text()}`);
    }
  });
  context.on('request', (request) => {
    const isOwn = request.url().startsWith(url) || request.url().startsWith('blob:');
    if (!isOwn) faults.push(`elsewhere: ${request.url()}`);
  });
  return faults;
}

/** No violation at all of what axe checks, in both themes, with whatever is open now. */
export async function expectAccessible(page: Page) {
  // What is on a page stays on it; its source takes longer than most looks.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // With motion reduced nothing is on its way from one theme to the other, in whose midst colours are of neither.
    expect(await page.evaluate(() => document.getAnimations().length), 'what moves').toBe(0);
    // A theme changes colours and nothing else: all that is about them is looked at again.
    const ofColours = { runOnly: ['color-contrast', 'link-in-text-block'] };
    const { violations } = await page.evaluate(
      (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
      { resultTypes: ['violations' as const], ...(colorScheme === 'dark' && ofColours) },
    );
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}
