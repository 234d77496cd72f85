import { freePort, isPortFree } from './free-port.ts';
import { StartError } from './start-error.ts';

/** The port that the API is to have, known to be free just now; 0 takes any. @throws {StartError} */
export async function choosePort({ HOST, PORT }: { HOST: string; PORT: number }): Promise<number> {
  if (PORT === 0) return freePort();
  const isFree = await isPortFree(PORT, HOST).catch((error: Error) => {
    throw new StartError(
      `This machine cannot listen at ${HOST}, port ${PORT}: ${error.message}. See HOST and PORT.`,
    );
  });
  if (isFree) return PORT;
  throw new StartError(
    `Port ${PORT} of ${HOST} is taken by another program. Stop that one, or choose another port: PORT=${PORT + 1} npm start`,
  );
}
