import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface DataFolder {
  readonly path: string;
  /** The absolute path of something in the folder. */
  file(name: string): string;
  /** `null` where it is not there. */
  read(name: string): string | null;
  /** Writes a file that only this user may read, whole or not at all. */
  write(name: string, content: string): void;
  remove(name: string): void;
  /** What the file holds (without its last line break); made from `create` where it is not there yet. */
  readOrCreate(name: string, create: () => string): string;
}

/** The folder for reading alone; it is neither made nor changed. */
export function viewDataFolder(location: string): Pick<DataFolder, 'path' | 'file' | 'read'> {
  const root = path.resolve(location);
  const file = (name: string) => path.join(root, name);
  return {
    path: root,
    file,
    read(name) {
      try {
        return readFileSync(file(name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
  };
}

/** Opens the folder that holds all state of an embedded installation; made (0700) if it is not there. */
export function openDataFolder(location: string): DataFolder {
  const { path: root, file, read } = viewDataFolder(location);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  chmodSync(root, 0o700);
  const write = (name: string, content: string) => {
    const partial = file(`${name}.partial`);
    writeFileSync(partial, content, { mode: 0o600, flush: true });
    renameSync(partial, file(name));
  };
  return {
    path: root,
    file,
    read,
    write,
    remove: (name) => rmSync(file(name), { force: true }),
    readOrCreate(name, create) {
      const found = read(name)?.trim();
      if (found) return found;
      const made = create();
      write(name, `${made}\n`);
      return made;
    },
  };
}
