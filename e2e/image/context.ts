import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The project as far as `.dockerignore` lets it into a build. */
export interface Context {
  folder: string;
  /** Whether a file or folder of the project is part of it. */
  has: (file: string) => boolean;
}

/** @throws where `.dockerignore` has an exception, which is not known here. */
export function createContext(folder: string): Context {
  const patterns = readFileSync(path.join(folder, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (patterns.some((pattern) => pattern.startsWith('!'))) throw new Error('An exception is not known here.');
  return {
    folder,
    has(file) {
      const name = path.relative(folder, file);
      return !patterns.some((pattern) => path.matchesGlob(name, pattern));
    },
  };
}
