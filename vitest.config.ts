import { defineConfig } from 'vitest/config';

const source = ['functions', 'shared', 'statemachines', 'plugins', 'local', 'docs'];

/**
 * Three projects by cost: `unit` needs nothing, `engines` a Kafka, a DynamoDB Local and the emulator, `mesh` the
 * whole mesh deployed. Each starts what it needs once.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: source.map((folder) => `${folder}/**/*.spec.ts`),
          env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
          // Property tests, on machines that do something else besides.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'engines',
          include: ['tests/contract/**/*.spec.ts', 'tests/integration/**/*.spec.ts'],
          globalSetup: 'tests/setup/engines.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'mesh',
          include: ['tests/e2e/**/*.spec.ts'],
          globalSetup: 'tests/setup/mesh.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
