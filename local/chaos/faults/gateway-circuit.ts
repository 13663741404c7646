import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { dynamoCircuitMemory } from '../../../shared/call/dynamo-circuit-memory.ts';
import { REFUSES_FOR_MS } from '../../../shared/call/circuit.ts';
import { dynamoClient } from '../../../shared/aws/dynamo-client.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';

/** The function that calls the gateway, and the name of its circuit. */
const CALLER = 'payment-saga-tasks';
const PROVIDER = 'payment-gateway';

/** The payment gateway's circuit, as its callers remember it together. */
export interface GatewayCircuit {
  /** Whether it has opened since an instant, in milliseconds since the epoch, and has not closed again. */
  openedSince(instant: number): Promise<boolean>;
}

/** Looks at the circuit from outside: the emulator keeps no logs of functions that Step Functions calls. */
export const gatewayCircuit = async ({ aws, region, stage }: Endpoints): Promise<GatewayCircuit> => {
  const lambda = new LambdaClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `event-mesh-${stage}-${CALLER}` }),
  );
  const table = Environment?.Variables?.['CIRCUITS_TABLE'];
  if (!table) throw new Error(`${CALLER} has no table of circuits`);
  const memory = dynamoCircuitMemory(dynamoClient(aws), table, PROVIDER);
  return {
    openedSince: async (instant) => {
      const until = (await memory.load())?.record.opened?.until ?? 0;
      return until - REFUSES_FOR_MS >= instant;
    },
  };
};
