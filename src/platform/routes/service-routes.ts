import type { Answer } from '../answer.ts'
import { badRequest } from '../answer.ts'
import type { Service } from '../engine/service.ts'
import { methodNotAllowed, type Method, type Route } from './request.ts'

type Answering = Route['answer']

/**
 * The generic endpoints of a service (platform protocol, "Generic endpoints"). What the service lacks answers
 * 405.
 */
export function serviceRoutes(segment: string, service: Service): readonly Route[] {
  return [...collectionRoutes(`/${segment}`, service), ...objectRoutes(`/${segment}/:id`, service)]
}

/** The routes of a service as a whole. */
export function collectionRoutes(path: string, service: Service): readonly Route[] {
  const { find, create, readMany, updateMany, removeAll } = service
  return routesAt(path, {
    GET: find && (({ call }) => find(call)),
    POST: create && (({ call, body }) => create(call, body)),
    MGET: readMany && (({ call, body }) => readMany(call, body)),
    MPUT: updateMany && (({ call, body }) => updateMany(call, body)),
    DELETE: removeAll && (({ call }) => removeAll(call))
  })
}

/** The routes of one object and of its members. */
export function objectRoutes(path: string, service: Service): readonly Route[] {
  const { read, update, remove, updateMember } = service
  return [
    ...routesAt(path, {
      GET: read && (({ call, parameters }) => read(call, parameters['id'] ?? '')),
      PUT: update && (({ call, parameters, body }) => update(call, parameters['id'] ?? '', body)),
      DELETE: remove && (({ call, parameters }) => remove(call, parameters['id'] ?? ''))
    }),
    ...routesAt(`${path}/:member`, {
      PUT:
        updateMember &&
        (({ call, parameters, body }) =>
          body === undefined
            ? valueNeeded
            : updateMember(call, parameters['id'] ?? '', parameters['member'] ?? '', body))
    })
  ]
}

const valueNeeded = Promise.resolve(badRequest('the body must be the JSON value of the member'))

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE', 'MGET', 'MPUT']

const refuseMethod = (): Promise<Answer> => Promise.resolve(methodNotAllowed)

/** Routes for every method of the protocol at one path. */
function routesAt(path: string, answers: Partial<Record<Method, Answering | undefined>>): readonly Route[] {
  return METHODS.map((method) => ({ method, path, answer: answers[method] ?? refuseMethod }))
}
