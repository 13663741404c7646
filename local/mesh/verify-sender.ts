import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { AWS_REGION } from '../engines/ministack.ts';

/** SES sends mail only from a verified address; on AWS that is the platform's business. */
export async function verifySender(aws: string, address: string): Promise<void> {
  const client = new SESv2Client({
    endpoint: aws,
    region: AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: address }));
}
