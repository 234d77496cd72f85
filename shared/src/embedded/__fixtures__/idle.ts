// Stands in for a worker or the scheduler: runs until it is told to end.
const idle = setInterval(() => {}, 60_000);

const close = () => {
  clearInterval(idle);
  process.exit(0);
};
process.once('SIGTERM', close);
process.once('disconnect', close);
