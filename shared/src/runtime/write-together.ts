import type { Redis } from 'ioredis';

/**
 * Has all commands of one turn of the event loop written at once: where many jobs go on together, each would else be a
 * packet and a wake-up of Redis of its own. What is sent, its order and its errors stay as they are, and nothing waits
 * for more.
 */
export function writeTogether(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const { stream: socket } = redis as { stream?: Redis['stream'] };
    if (socket?.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return send(command, stream);
  };
}
