import type { Context } from 'aws-lambda';

/* eslint-disable @typescript-eslint/no-deprecated -- Lambda's type still asks for the callbacks of old */

/** An invocation's context as Lambda gives it, with half a minute left. */
export const lambdaContext = (): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test',
  memoryLimitInMB: '256',
  awsRequestId: '3f1c1f0a-7c0a-4d53-9f57-0d6a6f2b8c11',
  logGroupName: '/aws/lambda/test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});
