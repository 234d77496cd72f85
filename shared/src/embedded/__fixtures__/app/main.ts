// Stands in for any of the apps: ready as soon as it listens, and says what it was started with.
import { createServer } from 'node:http';

const { PORT, METRICS_PORT = PORT, HOST } = process.env;
const server = createServer((request, response) => {
  if (request.url === '/env') response.end(JSON.stringify(process.env));
  else response.end('{}');
}).listen(Number(METRICS_PORT), HOST);

const close = () => server.close(() => process.exit(0)).closeAllConnections();
process.once('SIGTERM', close);
process.once('disconnect', close);
