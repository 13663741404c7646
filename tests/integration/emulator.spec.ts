import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventSourceMappingCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startMinistack } from '../../local/engines/ministack.ts';
import {
  clientSettings,
  deploySteeredFunction,
  type SteeredFunction,
  type Steering,
} from '../../local/engines/testing/steered-function.ts';
import { waitFor } from '../../local/engines/wait-for.ts';
import { projectPaths } from '../../local/project-paths.ts';
import { workerPids } from '../../local/mesh/worker-pids.ts';

/** What local/engines/ministack.py corrects, each named after the AWS behaviour it restores. */
describe('the emulator behaves as AWS', () => {
  const deployed: SteeredFunction[] = [];
  afterEach(() => {
    for (const steered of deployed.splice(0)) steered.close();
  });

  async function deploy(
    steering: Steering,
    endpoint = inject('engines').ministack,
  ): Promise<SteeredFunction> {
    const steered = await deploySteeredFunction(endpoint, steering);
    deployed.push(steered);
    return steered;
  }

  it('stream records that the function reports as failed are tried again, in order', async () => {
    const batches: string[][] = [];
    const steered = await deploy((event) => {
      // The shape of a DynamoDB stream event.
      const { Records } = event as {
        Records: { dynamodb: { SequenceNumber: string; Keys: { id: { S: string } } } }[];
      };
      batches.push(Records.map(({ dynamodb }) => dynamodb.Keys.id.S));
      const failed = batches.length === 1 ? Records.slice(0, 1) : [];
      return Promise.resolve({
        batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
      });
    });
    const dynamodb = new DynamoDBClient(clientSettings(inject('engines').ministack));
    const table = `stream-${randomUUID()}`;
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    await dynamodb.send(new PutItemCommand({ TableName: table, Item: { id: { S: 'first' } } }));
    await dynamodb.send(new PutItemCommand({ TableName: table, Item: { id: { S: 'second' } } }));
    await steered.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: steered.name,
        EventSourceArn: TableDescription?.LatestStreamArn,
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    await waitFor('the second try', () => (batches.length > 1 ? true : undefined), { deadlineMs: 20_000 });
    expect(batches).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
  });

  it('a callback task whose function throws fails at once, not when its time is over', async () => {
    const steered = await deploy(() => Promise.reject(new Error('no carrier today')));
    const sfn = new SFNClient(clientSettings(inject('engines').ministack));
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: `callback-${randomUUID()}`,
        roleArn: 'arn:aws:iam::000000000000:role/test',
        definition: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Ask',
          States: {
            Ask: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
              TimeoutSeconds: 600,
              Arguments: {
                FunctionName: steered.arn,
                Payload: { taskToken: '{% $states.context.Task.Token %}' },
              },
              End: true,
            },
          },
        }),
      }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
    const ended = await waitFor(
      'the execution ended',
      async () => {
        const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return execution.status === 'RUNNING' ? undefined : execution;
      },
      { deadlineMs: 20_000 },
    );
    expect(ended.status).toBe('FAILED');
    expect(ended.cause).toContain('no carrier today');
  });

  it('calls beyond the ceiling of workers wait for their turn, and none is refused', async () => {
    const ministack = await startMinistack({
      folder: `${projectPaths.mesh}/test-engines/${process.pid}/ceiling`,
      workersPerFunction: 2,
    });
    try {
      let running = 0;
      let most = 0;
      const steered = await deploy(async () => {
        most = Math.max(most, ++running);
        // Long enough for calls to meet: what is tested is that they do not.
        await pause(100);
        running--;
        return 'done';
      }, ministack.endpoint);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          steered.lambda.send(new InvokeCommand({ FunctionName: steered.name })),
        ),
      );
      expect(
        answers.map(({ FunctionError, Payload }) => [FunctionError, Payload?.transformToString()]),
      ).toEqual(Array.from({ length: 8 }, () => [undefined, '"done"']));
      expect(most).toBe(2);
      expect(workerPids(steered.name)).toHaveLength(2);
    } finally {
      await ministack.stop();
    }
  });

  it("an HTTP API has the routes of its Body, and an update's in their place", async () => {
    const steered = await deploy((event) =>
      // An API's event, payload format 2.0.
      Promise.resolve({ statusCode: 200, body: (event as { routeKey: string }).routeKey }),
    );
    const definition = (paths: Record<string, { readonly security?: object[] }>) => ({
      openapi: '3.0.1',
      info: { title: 'imported', version: '1' },
      paths: Object.fromEntries(
        Object.entries(paths).map(([path, operation]) => [
          path,
          {
            get: {
              ...operation,
              responses: {},
              'x-amazon-apigateway-integration': {
                $ref: '#/components/x-amazon-apigateway-integrations/steered',
              },
            },
          },
        ]),
      ),
      components: {
        securitySchemes: {
          jwt: {
            type: 'oauth2',
            'x-amazon-apigateway-authorizer': {
              type: 'jwt',
              identitySource: '$request.header.Authorization',
              jwtConfiguration: { issuer: 'https://issuer.example.com', audience: ['mesh'] },
            },
          },
        },
        'x-amazon-apigateway-integrations': {
          steered: {
            type: 'aws_proxy',
            httpMethod: 'POST',
            uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${steered.arn}/invocations`,
            payloadFormatVersion: '2.0',
            timeoutInMillis: 30_000,
          },
        },
      },
    });
    const template = (body: object) =>
      JSON.stringify({
        Resources: {
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: body } },
          Stage: {
            Type: 'AWS::ApiGatewayV2::Stage',
            Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
          },
        },
        Outputs: { ApiId: { Value: { Ref: 'Api' } } },
      });
    const endpoint = inject('engines').ministack;
    const client = new CloudFormationClient(clientSettings(endpoint));
    const StackName = `imported-${randomUUID()}`;
    /** The statuses and bodies that calls of the routes get, by the id that the stack puts out. */
    const calling = async (
      outcome: { reason?: { Stacks?: { Outputs?: { OutputValue?: string }[] }[] } },
      routes: string[],
    ) => {
      const id = outcome.reason?.Stacks?.[0]?.Outputs?.[0]?.OutputValue;
      const answers = await Promise.all(
        routes.map((route) => fetch(`${endpoint}/_aws/execute-api/${id}${route}`)),
      );
      return {
        id,
        answers: await Promise.all(
          answers.map(async (answer) => [answer.status, answer.ok ? await answer.text() : '']),
        ),
      };
    };

    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: template(definition({ '/open/{name}': {}, '/closed': { security: [{ jwt: [] }] } })),
      }),
    );
    const created = await calling(
      await waitUntilStackCreateComplete({ client, maxWaitTime: 20, minDelay: 1 }, { StackName }),
      ['/open/door', '/closed', '/later'],
    );
    expect(created.answers).toEqual([
      [200, 'GET /open/{name}'],
      [401, ''],
      [404, ''],
    ]);

    await client.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: template(definition({ '/closed': {}, '/later': {} })),
      }),
    );
    expect(
      await calling(
        await waitUntilStackUpdateComplete({ client, maxWaitTime: 20, minDelay: 1 }, { StackName }),
        ['/open/door', '/closed', '/later'],
      ),
    ).toEqual({
      id: created.id,
      answers: [
        [404, ''],
        [200, 'GET /closed'],
        [200, 'GET /later'],
      ],
    });
  });
});
