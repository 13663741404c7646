import { randomUUID } from 'node:crypto';
import { createLambdaClient } from '../invoke-function.ts';
import { signedRequests, type AwsRequest } from '../signed-request.ts';
import { eventually } from './eventually.ts';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/** Something to send invocation records to, and to read them from again. */
export interface TestDestination {
  readonly arn: string;
  /** The first record that arrives, parsed. */
  readonly receive: () => Promise<unknown>;
}

interface Queue extends TestDestination {
  readonly receiveText: () => Promise<string>;
}

/** Makes queues, topics and buckets on an AWS emulator. */
export function awsDestinations(endpoint: string) {
  const request = signedRequests(createLambdaClient(endpoint, REGION), endpoint);
  const post = (service: AwsRequest['service'], headers: Record<string, string>, body: string) =>
    request({ service, region: REGION, method: 'POST', path: '/', headers, body });
  const sqs = async (operation: string, body: object): Promise<unknown> => {
    const target = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` };
    return JSON.parse(await post('sqs', target, JSON.stringify(body)));
  };
  const sns = (parameters: Record<string, string>): Promise<string> => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    return post('sns', form, new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString());
  };

  async function queue(): Promise<Queue> {
    const name = `failed-${randomUUID()}`;
    // The SQS API answers so.
    const { QueueUrl } = (await sqs('CreateQueue', { QueueName: name })) as { QueueUrl: string };
    const receiveText = async (): Promise<string> => {
      let body: string | undefined;
      await eventually(
        async () => {
          const answer = await sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 0 });
          body = (answer as { Messages?: { Body: string }[] }).Messages?.[0]?.Body;
          return body !== undefined;
        },
        () => `nothing arrived in ${name}`,
      );
      return body ?? '';
    };
    return {
      arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
      receiveText,
      receive: async () => JSON.parse(await receiveText()) as unknown,
    };
  }

  /** A topic with a queue behind it, since a topic keeps nothing. */
  async function topic(): Promise<TestDestination> {
    const name = `failed-${randomUUID()}`;
    const arn = `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
    const behind = await queue();
    await sns({ Action: 'CreateTopic', Name: name });
    await sns({ Action: 'Subscribe', TopicArn: arn, Protocol: 'sqs', Endpoint: behind.arn });
    const receive = async (): Promise<unknown> => {
      // SNS wraps what it passes on to a queue.
      const { Message } = (await behind.receive()) as { Message: string };
      return JSON.parse(Message) as unknown;
    };
    return { arn, receive };
  }

  async function bucket(): Promise<TestDestination & { readonly keys: () => Promise<string[]> }> {
    const name = `failed-${randomUUID()}`;
    await request({ service: 's3', region: REGION, method: 'PUT', path: `/${name}`, headers: {}, body: '' });
    const keys = async (): Promise<string[]> => {
      const listing = await (await fetch(`${endpoint}/${name}?list-type=2`)).text();
      return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
    };
    const receive = async (): Promise<unknown> => {
      await eventually(
        async () => (await keys()).length > 0,
        () => `nothing arrived in ${name}`,
      );
      const [key = ''] = await keys();
      return (await fetch(`${endpoint}/${name}/${key}`)).json();
    };
    return { arn: `arn:aws:s3:::${name}`, keys, receive };
  }

  return { queue, topic, bucket };
}
