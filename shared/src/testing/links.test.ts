import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const documents = globSync(['*.md', 'docs/**/*.md', '{shared,api,worker,scheduler,ui}/src/**/*.md'], {
  cwd: ROOT,
});

/** Names that headings of a document can be linked by, as GitHub makes them. */
function toAnchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(documents)('%s links to what is there', (document) => {
  const markdown = readFileSync(path.join(ROOT, document), 'utf8');
  const links = [...markdown.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? document : path.join(path.dirname(document), file);
    if (!existsSync(path.join(ROOT, target))) return true;
    return anchor !== undefined && !toAnchors(readFileSync(path.join(ROOT, target), 'utf8')).includes(anchor);
  });
  expect(broken).toEqual([]);
});
