import { assertPortFree } from './assert-port-free.ts';
import { freePort } from './free-port.ts';

/** The port that the API is to have, known to be free just now; 0 takes any. @throws {StartError} */
export async function choosePort({ HOST, PORT }: { HOST: string; PORT: number }): Promise<number> {
  if (PORT === 0) return freePort();
  const ifTaken = `. Stop that one, or choose another port: PORT=${PORT + 1} npm start`;
  await assertPortFree(PORT, { host: HOST, variable: 'PORT', ifTaken });
  return PORT;
}
