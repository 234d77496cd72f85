// Locks a file, forgets about it, has its garbage collected, and says whether the file was free.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lockFile } from '../folder/file-lock.ts';

const isFree = lockFile(process.argv[2] ?? '') !== null;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
setImmediate(() => {
  collect();
  console.log(isFree ? 'locked' : 'taken');
});
setInterval(() => {}, 60_000);
