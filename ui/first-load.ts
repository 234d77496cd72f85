import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface FirstLoadOptions {
  /** The module of the route whose page counts as first load, by the end of its path. */
  route: string;
  /** Modules that it reaches only through an index and does not use, by a part of their path. */
  except: readonly string[];
  /** Most gzipped bytes of JavaScript until the page can show data. */
  limitBytes: number;
}

/** Vite's own, around each `import()`, would load its styles first; here all styles are in one file, which is there. */
const PRELOAD_HELPER = /^\0vite\/preload-helper\.js$/;

/**
 * Keeps the first load small: puts what the entry and its first page share with others into one chunk, which
 * compresses better than a dozen, and fails the build where the whole is over its budget.
 */
export function firstLoad({ route, except, limitBytes }: FirstLoadOptions): Plugin {
  const together = new Set<string>();
  return {
    name: 'first-load',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: PRELOAD_HELPER },
      handler: () => 'export const __vitePreload = (load) => load();',
    },
    config: () => ({
      build: {
        rolldownOptions: {
          output: { codeSplitting: { groups: [{ name: 'start', test: (id: string) => together.has(id) }] } },
        },
      },
    }),
    buildEnd(error) {
      if (error) return;
      const roots = [...this.getModuleIds()].filter(
        (id) => this.getModuleInfo(id)?.isEntry || id.endsWith(route),
      );
      const needed = toReachable(roots, (id) => this.getModuleInfo(id)?.importedIds ?? []);
      for (const id of needed) {
        if (![route, ...except].some((part) => id.includes(part))) together.add(id);
      }
    },
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(route));
      if (!page) return this.error(`No chunk was made for ${route}; routes must be loaded lazily.`);
      const roots = [page, ...chunks.filter((chunk) => chunk.isEntry)].map((chunk) => chunk.fileName);
      const sizes = [...toReachable(roots, (name) => byName.get(name)?.imports ?? [])].map(
        (name) => [name, gzipSync(byName.get(name)?.code ?? '').length] as const,
      );
      const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
      const parts = sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', ');
      const report = `First load: ${total} of ${limitBytes} bytes gzip (${parts})`;
      if (total > limitBytes)
        this.error(`${report}. Move what the first page does not need to a lazy chunk.`);
      this.info(report);
    },
  };
}

/** The roots and all that they import, directly or not, each once. */
export function toReachable(
  roots: readonly string[],
  toImports: (id: string) => readonly string[],
): Set<string> {
  const reached = new Set<string>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...toImports(id));
  }
  return reached;
}
