// Stands in for the API: ready as soon as it listens, and says what it was started with.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/env') response.end(JSON.stringify(process.env));
  else response.end('{}');
}).listen(Number(process.env['PORT']), process.env['HOST']);

const close = () => server.close(() => process.exit(0)).closeAllConnections();
process.once('SIGTERM', close);
process.once('disconnect', close);
