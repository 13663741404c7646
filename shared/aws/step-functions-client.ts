import { SFNClient } from '@aws-sdk/client-sfn';
import { awsClientSettings } from './client-settings.ts';

/**
 * A Step Functions client for a Lambda function. All that the mesh asks may be sent again: reads; an execution's start,
 * which its name makes one; its stop; and a task's answer, of which the second finds the task gone.
 * @param endpoint as of `awsClientSettings`
 */
export const stepFunctionsClient = (endpoint?: string): SFNClient =>
  new SFNClient(awsClientSettings(endpoint));
