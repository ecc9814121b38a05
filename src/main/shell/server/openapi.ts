import { z } from 'zod'
import { type CommandName, commands, topics } from '../../../shared/contract/index.ts'
import { wireErrorSchema } from '../../../shared/domain/index.ts'
import { listErrorCodes } from '../error-texts.ts'

type JsonObject = Readonly<Record<string, unknown>>

const errorReference = { $ref: '#/components/schemas/Error' }
const failureContent = { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } }
const failures = {
  '400': { description: 'The input does not fit its schema.', content: failureContent },
  '401': { description: 'Neither a valid bearer token nor a session.', content: failureContent },
  '403': { description: 'Not permitted, or a request that a foreign page may have made.', content: failureContent },
  '404': { description: 'No such command, topic or thing.', content: failureContent },
  '409': { description: 'Refused, or failed for a reason that the code names.', content: failureContent },
  '413': { description: 'The body is too large.', content: failureContent },
  '429': { description: 'Too many commands are under way.', content: failureContent },
  '500': { description: 'A bug: nobody expected this failure.', content: failureContent },
  '503': { description: 'The engine is stopping.', content: failureContent },
}

const waitParameter = {
  name: 'wait',
  in: 'query',
  required: false,
  schema: { type: 'boolean', default: true },
  description: 'False: answer once the task is queued, with its taskId and the value null.',
}

/** The OpenAPI 3.1 description of the HTTP API, generated from the contract's schemas. */
export function buildOpenApi(version: string): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Virtdeck',
      version,
      description:
        'Commands and topics of a running Virtdeck engine. Every answer is a result envelope. Live changes come over the WebSocket /api/socket.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { session: [] }],
    paths: { ...commandPaths(), ...topicPaths(), ...servicePaths() },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token in engine.json of the data folder.' },
        session: {
          type: 'http',
          scheme: 'bearer',
          description: 'The secret of a session, which a page keeps in its own storage; on a WebSocket a subprotocol.',
        },
      },
      schemas: { Error: errorSchema(), Failure: envelopeOfFailure() },
    },
  }
}

function commandPaths(): JsonObject {
  return Object.fromEntries(
    Object.values(commands).map((command) => [
      `/api/commands/${command.name}`,
      {
        post: {
          operationId: command.name,
          summary: command.summary,
          tags: [command.name.split('.')[0]],
          'x-permission': command.permission,
          'x-kind': command.kind,
          parameters: command.kind === 'task' ? [waitParameter] : [],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchemaOf(command.input, 'input') } },
          },
          responses: { '200': success(commandValue(command)), ...failures },
        },
      },
    ]),
  )
}

/** Null is what a task's caller gets that does not wait. */
function commandValue({ kind, output }: (typeof commands)[CommandName]): JsonObject {
  const value = jsonSchemaOf(output, 'output')
  return kind === 'task' ? { anyOf: [value, { type: 'null' }] } : value
}

function topicPaths(): JsonObject {
  return Object.fromEntries(
    Object.entries(topics).map(([name, topic]) => [
      `/api/topics/${name}`,
      {
        get: {
          operationId: `topic.${name}`,
          summary: topic.summary,
          tags: ['topics'],
          parameters: topic.keyed
            ? [{ name: 'key', in: 'query', required: true, schema: { type: 'string', maxLength: 128 } }]
            : [],
          responses: {
            '200': success({ type: 'array', items: jsonSchemaOf(topic.entity, 'output') }),
            ...failures,
          },
        },
      },
    ]),
  )
}

function servicePaths(): JsonObject {
  const nothing = success({ type: 'object', properties: {} })
  return {
    '/api/health': {
      get: {
        operationId: 'health',
        summary:
          'Says that the engine runs; with a nonce, proves that it is the one of engine.json (HMAC-SHA-256 by its token).',
        tags: ['service'],
        security: [],
        parameters: [{ name: 'nonce', in: 'query', required: false, schema: { type: 'string', maxLength: 128 } }],
        responses: {
          '200': {
            description: 'It runs.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['ok', 'version', 'epoch', 'proof'],
                  properties: {
                    ok: { const: true },
                    version: { type: 'string' },
                    epoch: { type: 'string' },
                    proof: { type: ['string', 'null'] },
                  },
                },
              },
            },
          },
        },
      },
    },
    '/api/sign-in-links': {
      post: {
        operationId: 'sign-in-links',
        summary: 'Makes a sign-in link for one browser; with the bearer token only.',
        tags: ['service'],
        security: [{ bearer: [] }],
        responses: {
          '200': success({ type: 'object', required: ['url'], properties: { url: { type: 'string', format: 'uri' } } }),
          ...failures,
        },
      },
    },
    '/api/sign-in': {
      post: {
        operationId: 'sign-in',
        summary: "Uses a sign-in link's token up for the secret of a new session; null for who is signed in already.",
        tags: ['service'],
        security: [],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['token'],
                properties: { token: { type: 'string', maxLength: 128 } },
              },
            },
          },
        },
        responses: {
          '200': success({
            type: 'object',
            required: ['session'],
            properties: { session: { type: ['string', 'null'] } },
          }),
          ...failures,
        },
      },
    },
    '/api/sign-out': {
      post: {
        operationId: 'sign-out',
        summary: 'Ends the session of this browser and its connections.',
        tags: ['service'],
        responses: { '200': nothing, ...failures },
      },
    },
  }
}

function success(value: unknown): JsonObject {
  return {
    description: 'Done.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['ok', 'value', 'rev'],
          properties: {
            ok: { const: true },
            value,
            rev: { type: 'integer', description: 'Every topic at or after this revision contains the effect.' },
            taskId: { type: 'string' },
          },
        },
      },
    },
  }
}

function envelopeOfFailure(): JsonObject {
  return {
    type: 'object',
    required: ['ok', 'error'],
    properties: { ok: { const: false }, error: errorReference, taskId: { type: 'string' } },
  }
}

function errorSchema(): JsonObject {
  const codes = listErrorCodes()
  return {
    type: 'object',
    required: ['code', 'params', 'retry', 'technical'],
    properties: {
      code: { type: 'string', ...(codes.length > 0 ? { enum: codes } : {}) },
      params: { type: 'object', description: 'The parameters of the text that belongs to the code.' },
      subject: { type: 'string' },
      hostId: { type: 'string' },
      retry: { type: 'string', enum: ['never', 'safe', 'after-refresh'] },
      correlationId: { type: 'string' },
      technical: { type: 'array', items: { type: 'string' }, description: 'The chain of causes, outermost first.' },
    },
  }
}

/** A zod schema as JSON Schema 2020-12, which OpenAPI 3.1 uses; errors inside entities are references. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const errorInside: unknown = wireErrorSchema
  const { $schema: _, ...converted } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === errorInside) Object.assign(jsonSchema, errorReference)
    },
  })
  return converted
}
