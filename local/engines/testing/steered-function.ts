import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { ZipFile } from 'yazl';
import { AWS_REGION } from '../ministack.ts';

/** What an emulated function answers: a value, or the message it throws with. */
export type Steering = (event: unknown) => Promise<unknown>;

export interface SteeredFunction {
  readonly name: string;
  readonly arn: string;
  readonly lambda: LambdaClient;
  readonly close: () => void;
}

/** Settings of a client for an emulator's endpoint. */
export const clientSettings = (endpoint: string) => ({
  endpoint,
  region: AWS_REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** Asks the test what to answer: what the test throws, the function throws. */
const codeFor = (url: string): string => `
export const handler = async (event) => {
  const response = await fetch(${JSON.stringify(url)}, { method: 'POST', body: JSON.stringify(event) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};`;

async function zipOf(code: string): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(code), 'index.mjs');
  zip.end();
  return buffer(zip.outputStream);
}

/** Deploys a function to the emulator whose every call is answered by `steering`, in the test's process. */
export async function deploySteeredFunction(endpoint: string, steering: Steering): Promise<SteeredFunction> {
  const server = createServer((request, response) => {
    buffer(request)
      .then((body) => steering(JSON.parse(body.toString('utf8'))))
      .then(
        (answer) => response.end(JSON.stringify(answer ?? null)),
        (error: unknown) =>
          response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo;

  const lambda = new LambdaClient(clientSettings(endpoint));
  const name = `steered-${randomUUID().slice(0, 8)}`;
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/test',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: await zipOf(codeFor(`http://127.0.0.1:${port}`)) },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10, minDelay: 1 }, { FunctionName: name });
  return {
    name,
    arn: FunctionArn ?? '',
    lambda,
    close() {
      server.closeAllConnections();
      server.close();
      lambda.destroy();
    },
  };
}
