import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDynamodbLocal } from '../../local/engines/dynamodb-local.ts';
import type { Engine } from '../../local/engines/engine.ts';
import { startKafka } from '../../local/engines/kafka.ts';
import { startMinistack } from '../../local/engines/ministack.ts';
import { isRunning } from '../../local/lock.ts';
import { projectPaths } from '../../local/project-paths.ts';

declare module 'vitest' {
  interface ProvidedContext {
    engines: {
      /** Bootstrap brokers of a real Kafka. */
      readonly kafka: string[];
      /** Endpoint of DynamoDB Local, the reference for DynamoDB's own semantics. */
      readonly dynamodb: string;
      /** Endpoint of the AWS emulator. */
      readonly ministack: string;
    };
  }
}

/** Folders of runs that were killed before they could tidy up. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!isRunning(Number(name))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Starts Kafka, DynamoDB Local and the emulator once for all contract and integration tests. */
export default async function startEngines(project: TestProject): Promise<() => Promise<void>> {
  const parent = join(projectPaths.mesh, 'test-engines');
  // A folder per run: two people's runs in one working copy do not meet.
  const folder = join(parent, String(process.pid));
  mkdirSync(folder, { recursive: true });
  removeLeftovers(parent);

  const onCrash = (error: Error): void => {
    console.error(`\n${error.message}\n`);
  };
  const starting = [
    startKafka({ folder, heapMb: 384, onCrash }),
    startDynamodbLocal({ folder, heapMb: 384, onCrash }),
    startMinistack({ folder, onCrash }),
  ] as const;
  const stopAll = async (): Promise<void> => {
    const stopOne = async (engine: Promise<Engine>): Promise<void> => {
      const [started] = await Promise.allSettled([engine]);
      if (started.status === 'fulfilled') await started.value.stop();
    };
    await Promise.all(starting.map(stopOne));
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const [kafka, dynamodb, ministack] = await Promise.all(starting);
    project.provide('engines', {
      kafka: [...kafka.brokers],
      dynamodb: dynamodb.endpoint,
      ministack: ministack.endpoint,
    });
  } catch (error) {
    await stopAll();
    throw error;
  }
  return stopAll;
}
