import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { awsClientSettings } from '../aws/client-settings.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import type { DataKeys } from './data-keys.ts';

/** A KMS client for a Lambda function. @param endpoint as of `awsClientSettings` */
export const kmsClient = (endpoint?: string): KMSClient => new KMSClient(awsClientSettings(endpoint));

/**
 * Data keys of AWS KMS. The encryption context binds each to its customer and names them in CloudTrail
 * (AWS KMS, "Encryption context").
 * @param keyId the key that wraps them, as an ARN
 */
export const kmsDataKeys = (client: KMSClient, keyId: string): DataKeys => ({
  generate: async (customerId) => {
    const { Plaintext, CiphertextBlob } = await client.send(
      new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: { customerId } }),
    );
    return { plain: given(Plaintext), wrapped: given(CiphertextBlob) };
  },
  unwrap: async (customerId, wrapped) => {
    const { Plaintext } = await client.send(
      new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: { customerId } }),
    );
    return given(Plaintext);
  },
});

/** The SDK's types leave open what KMS always answers. */
const given = (bytes: Uint8Array | undefined): Uint8Array => {
  if (bytes) return bytes;
  throw new PermanentError('kms-answer', 'KMS answered without a key');
};
