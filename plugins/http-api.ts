import type { CfnResource, Serverless } from './serverless.ts';

const API = 'HttpApi';
const ROLE = 'GatewayRole';
const INTEGRATIONS = 'x-amazon-apigateway-integrations';

/**
 * Makes the whole HTTP API two resources: the API, defined by one OpenAPI document, and one role by which it calls its
 * functions. The framework writes each route, each integration, the authorizer and a permission on each function as
 * resources of their own, and each counts towards the 500 of a stack (ADR 15). What `functions.yml` says stays the
 * source: this only rewrites what the framework made of it.
 *
 * Sources: API Gateway developer guide, "Use OpenAPI definitions for HTTP APIs", "x-amazon-apigateway-integrations
 * object", "x-amazon-apigateway-authorizer object"; CloudFormation reference, AWS::ApiGatewayV2::Api (`Body`).
 */
export default class HttpApi {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    this.hooks = { 'after:package:compileEvents': () => defineByDocument(serverless) };
  }
}

/** What of the framework's resources the document needs. */
interface Route {
  readonly RouteKey: string;
  readonly Target: { readonly 'Fn::Join': readonly [string, readonly [string, { readonly Ref: string }]] };
  readonly AuthorizerId?: { readonly Ref: string };
}
interface Integration {
  readonly IntegrationUri: { readonly 'Fn::GetAtt': readonly [string, string] };
  readonly PayloadFormatVersion: string;
  readonly TimeoutInMillis: number;
}
interface Authorizer {
  readonly Name: string;
  readonly IdentitySource: readonly [string];
  readonly JwtConfiguration: { readonly Audience: unknown; readonly Issuer: unknown };
}

const defineByDocument = ({ service }: Serverless): void => {
  const resources = service.provider.compiledCloudFormationTemplate.Resources;
  const api = resources[API];
  if (!api) return;

  /** Takes the resources that fit out of the template. The framework wrote them, so their shape is known. */
  const take = <Properties>(fits: (resource: CfnResource) => boolean): ReadonlyMap<string, Properties> => {
    const taken = Object.entries(resources).filter(([, resource]) => fits(resource));
    for (const [id] of taken) Reflect.deleteProperty(resources, id);
    return new Map(taken.map(([id, { Properties }]) => [id, Properties as Properties]));
  };
  const ofType = (type: string) => (resource: CfnResource) => resource.Type === `AWS::ApiGatewayV2::${type}`;

  const routes = take<Route>(ofType('Route'));
  const integrations = take<Integration>(ofType('Integration'));
  const authorizers = take<Authorizer>(ofType('Authorizer'));
  take(isGatewayPermission);

  api.Properties = {
    Body: {
      openapi: '3.0.1',
      // The title is the API's name.
      info: { title: api.Properties['Name'], version: '1' },
      paths: pathsOf([...routes.values()], authorizers),
      components: {
        securitySchemes: Object.fromEntries(
          [...authorizers.values()].map((made) => [made.Name, securityScheme(made)]),
        ),
        [INTEGRATIONS]: Object.fromEntries([...integrations].map(([id, made]) => [id, integration(made)])),
      },
    },
  };
  resources[ROLE] = roleThatInvokes([...integrations.values()].map(({ IntegrationUri }) => IntegrationUri));
};

const isGatewayPermission = ({ Type, Properties }: CfnResource): boolean =>
  Type === 'AWS::Lambda::Permission' && Properties['Principal'] === 'apigateway.amazonaws.com';

const pathsOf = (routes: readonly Route[], authorizers: ReadonlyMap<string, Authorizer>) => {
  const paths: Record<string, Record<string, object>> = {};
  for (const { RouteKey, Target, AuthorizerId } of routes) {
    const [method, path] = RouteKey.split(' ') as [string, string];
    const authorizer = AuthorizerId && authorizers.get(AuthorizerId.Ref);
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = {
      parameters: Array.from(path.matchAll(/\{(?<name>\w+)\+?\}/g), ({ groups }) => ({
        name: groups?.['name'],
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      responses: {},
      ...(authorizer && { security: [{ [authorizer.Name]: [] }] }),
      'x-amazon-apigateway-integration': {
        $ref: `#/components/${INTEGRATIONS}/${Target['Fn::Join'][1][1].Ref}`,
      },
    };
  }
  return paths;
};

const securityScheme = ({ IdentitySource, JwtConfiguration }: Authorizer) => ({
  type: 'oauth2',
  'x-amazon-apigateway-authorizer': {
    type: 'jwt',
    identitySource: IdentitySource[0],
    jwtConfiguration: { audience: JwtConfiguration.Audience, issuer: JwtConfiguration.Issuer },
  },
});

const integration = ({ IntegrationUri, PayloadFormatVersion, TimeoutInMillis }: Integration) => ({
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: {
    'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${IntegrationUri['Fn::GetAtt'].join('.')}}/invocations`,
  },
  credentials: { 'Fn::GetAtt': [ROLE, 'Arn'] },
  payloadFormatVersion: PayloadFormatVersion,
  timeoutInMillis: TimeoutInMillis,
});

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
