import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** A server on loopback in place of somebody else's, for the specs of a client; closed after each test. */
export const fakeServer = () => {
  let server: Server | undefined;
  const close = async (): Promise<void> => {
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    server = undefined;
  };
  afterEach(close);
  return {
    /** From now on nobody listens there. */
    close,
    /** Begins to listen. @returns its origin */
    listening: async (listener: RequestListener): Promise<string> => {
      server = createServer(listener).listen(0, '127.0.0.1');
      await once(server, 'listening');
      // A TCP server's address is an AddressInfo (Node.js, "server.address()").
      const { port } = server.address() as AddressInfo;
      return `http://127.0.0.1:${port}`;
    },
  };
};
