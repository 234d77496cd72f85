import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { StartError } from '../../errors.ts';
import { HOLD_FILE } from './hold.ts';
import { MASTER_KEYS_FILE } from './master-keys.ts';
import { ADMIN_TOKEN_FILE, STORE_PASSWORD_FILE } from './secrets.ts';

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

/**
 * Opens the folder that holds all state of an embedded installation; made (0700) if it is not there.
 * @throws {StartError} where it cannot be used, or holds somebody else's files
 */
export function openDataFolder(location: string): DataFolder {
  const { path: root, file, read } = viewDataFolder(location);
  claimFolder(root);
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

/** One of these is there as soon as a start has taken the folder, or where an operator has put the secrets there. */
const OURS = [HOLD_FILE, MASTER_KEYS_FILE, ADMIN_TOKEN_FILE, STORE_PASSWORD_FILE];

/** What a disk of its own, a file manager or a repository has in a folder that is empty to its user. */
const SYSTEM_NAMES = new Set(['lost+found', '.DS_Store', '.gitkeep', '.gitignore', '.snapshot']);

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

function claimFolder(root: string): void {
  const found = makeFolder(root);
  assertTrusted(root);
  const names = found.filter((name) => !SYSTEM_NAMES.has(name));
  const [other] = names;
  if (other === undefined || OURS.some((name) => names.includes(name))) return;
  throw new StartError(
    `The data folder ${root} holds other files (${other} …) and none of Understudy. ` +
      'Choose an empty or a new folder with UNDERSTUDY_DATA_DIR.',
  );
}

/** Gives the names of what is there already. */
function makeFolder(root: string): string[] {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
    return readdirSync(root);
  } catch (error) {
    throw new StartError(
      `The data folder ${root} cannot be used: ${(error as Error).message}. ` +
        'Put that right, or choose another folder with UNDERSTUDY_DATA_DIR.',
      { cause: error },
    );
  }
}

/**
 * Whoever owns a folder may change what is in it, keys and tokens too, and so may whom its mode lets write to it, unless
 * it is sticky. What root is given of others, root has looked at.
 */
function assertTrusted(root: string): void {
  const own = process.getuid?.();
  const { uid, mode } = statSync(root);
  if (own === uid && (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0)
    throw new StartError(
      `Others may write to the data folder ${root}, and could change the keys and tokens in it. ` +
        `Run \`chmod go-w ${root}\`, or choose another folder with UNDERSTUDY_DATA_DIR.`,
    );
  if (own === undefined || own === 0 || own === uid || uid === 0) return;
  throw new StartError(
    `The data folder ${root} belongs to another user (id ${uid}), who could change the keys and tokens in it. ` +
      'Give it to this user, or choose another folder with UNDERSTUDY_DATA_DIR.',
  );
}
