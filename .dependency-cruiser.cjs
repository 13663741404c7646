/** The layout is the architecture: who may import whom (docs/architecture.md). */
module.exports = {
  forbidden: [
    {
      name: 'contexts-share-only-contracts',
      comment:
        "A context may import another context's events.ts, its published contract, and nothing else of it.",
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/([^/]+)/', pathNot: ['^functions/$1/', '^functions/[^/]+/events\\.ts$'] },
    },
    {
      name: 'kernel-knows-no-context',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|statemachines|plugins|local|bench|tests)/' },
    },
    {
      name: 'nothing-imports-the-laptop',
      comment: 'The laptop runs the mesh; the mesh does not know of it.',
      severity: 'error',
      from: { path: '^(functions|shared|statemachines|plugins)/' },
      to: { path: '^(local|bench|tests)/' },
    },
    {
      name: 'the-poller-stands-alone',
      severity: 'error',
      from: { path: '^local/msk-poller/' },
      to: { path: '^(functions|shared|statemachines|plugins|bench|local/(?!msk-poller/))' },
    },
    {
      name: 'pure-core',
      comment: 'Contracts, aggregates, projections and policies do no I/O; handlers and adapters do.',
      severity: 'error',
      from: {
        path: '^functions/[^/]+/(events|commands|projections/.*|policies/.*)\\.ts$',
        pathNot: '\\.spec\\.ts$',
      },
      to: {
        path: [
          'node_modules/@aws-sdk',
          'node_modules/kafkajs',
          '^node:',
          '^shared/(wire|dynamodb|publish|http|once)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-handlers-wire',
      severity: 'error',
      from: { path: '^functions/[^/]+/', pathNot: '/handlers/' },
      to: { path: '^shared/wire/' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { path: '^(functions|shared|plugins)/', pathNot: ['\\.spec\\.ts$', '^shared/testing/'] },
      to: { path: ['^shared/testing/', '\\.spec\\.ts$', 'node_modules/(vitest|fast-check)'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.m?ts$',
          '(^|/)[^/]+\\.config\\.(js|ts)$',
          '^\\.[^/]+\\.cjs$',
          '\\.spec\\.ts$',
          '\\.mjs$',
        ],
      },
      to: {},
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      // `aws-lambda` is a package of types only, declared as @types/aws-lambda.
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        pathNot: '^aws-lambda$',
      },
    },
    {
      name: 'production-needs-no-dev-package',
      severity: 'error',
      from: { path: '^(functions|shared)/', pathNot: ['\\.spec\\.ts$', '^shared/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.mesh|\\.build|\\.serverless)' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
