import { circuit, type Circuit } from '../call/circuit.ts';
import { circuitTelemetry } from '../call/circuit-telemetry.ts';
import { dynamoCircuitMemory } from '../call/dynamo-circuit-memory.ts';
import { client, setting } from './resources.ts';

/** The circuit of a provider, shared by all instances of a context's functions (`uses: circuits`). */
export const circuitOf = (provider: string): Circuit =>
  circuit(provider, dynamoCircuitMemory(client(), setting('CIRCUITS_TABLE'), provider), circuitTelemetry);
