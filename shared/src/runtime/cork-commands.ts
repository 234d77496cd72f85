import type { Redis } from 'ioredis';

/**
 * Corks the socket for the rest of a turn of the event loop, so that its commands leave in one write. Order and errors
 * stay as they are. Not ioredis's `enableAutoPipelining`: that holds every command until `setImmediate`.
 */
export function corkCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    // There is none before the first connection.
    const socket = redis.stream as Redis['stream'] | undefined;
    if (socket?.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return send(command, stream);
  };
}
