import type { CfnResource, Serverless } from './serverless.ts';

const ROLE = 'GatewayRole';

/**
 * Lets the gateway call its functions by one role. The framework writes a permission on each function instead, and each
 * counts towards the 500 resources of a stack (API Gateway developer guide, "AWS Lambda integrations for HTTP APIs":
 * `CredentialsArn`).
 */
export default class GatewayRole {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    this.hooks = { 'after:package:compileEvents': () => replacePermissions(serverless) };
  }
}

const isGatewayPermission = ({ Type, Properties }: CfnResource): boolean =>
  Type === 'AWS::Lambda::Permission' && Properties['Principal'] === 'apigateway.amazonaws.com';

const replacePermissions = ({ service }: Serverless): void => {
  const resources = service.provider.compiledCloudFormationTemplate.Resources;
  const permissions = Object.entries(resources).filter(([, resource]) => isGatewayPermission(resource));
  if (permissions.length === 0) return;
  for (const [id] of permissions) Reflect.deleteProperty(resources, id);
  for (const { Type, Properties } of Object.values(resources))
    if (Type === 'AWS::ApiGatewayV2::Integration')
      Properties['CredentialsArn'] = { 'Fn::GetAtt': [ROLE, 'Arn'] };
  resources[ROLE] = roleThatInvokes(permissions.map(([, { Properties }]) => Properties['FunctionName']));
};

const roleThatInvokes = (functions: readonly unknown[]): CfnResource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: ['apigateway.amazonaws.com'] },
          Action: ['sts:AssumeRole'],
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'invoke',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: functions }],
        },
      },
    ],
  },
});
