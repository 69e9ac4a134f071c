import { EventEmitter } from 'node:events'

/** Names that the language, the inspector and test tools look for on any object, and that must simply be missing. */
const PROBED = new Set([
  'then',
  'toJSON',
  'inspect',
  'nodeType',
  'asymmetricMatch',
  '$$typeof',
  '_isMockFunction',
  'default'
])

/**
 * Makes a missing member loud: reading `object.member` throws an error that names it, instead of giving `undefined`
 * that fails later and elsewhere. What the object has, and what is assigned to it, is untouched.
 */
export function loud<T extends object>(name: string, object: T): T {
  const parent = Object.getPrototypeOf(object) as object
  Object.setPrototypeOf(object, loudPrototype(name, parent))
  return object
}

/** An `EventEmitter` to extend, whose missing members are loud under this name. */
export function loudEmitter(name: string): new () => EventEmitter {
  class LoudEmitter extends EventEmitter {}
  Object.setPrototypeOf(LoudEmitter.prototype, loudPrototype(name, EventEmitter.prototype as object))
  return LoudEmitter
}

/** A whole module or class of Electron that the host does not have: any use of it throws its name. */
export function missing(name: string): never {
  const fail = (member: string): never => {
    throw notImplemented(`${name}${member}`)
  }
  return new Proxy(function () {}, {
    get: (_target, key) =>
      typeof key === 'symbol' || key === 'prototype' || PROBED.has(key) ? undefined : fail(`.${key}`),
    apply: () => fail('()'),
    construct: () => fail('')
  }) as never
}

export function notImplemented(name: string): Error {
  return new Error(
    `The Chromium host does not implement electron.${name}. Add it in build/chromium-host, or do without it: the host has what Flowscope uses.`
  )
}

function loudPrototype(name: string, parent: object): object {
  return new Proxy(parent, {
    get(target, key, receiver) {
      if (key in target || typeof key === 'symbol' || PROBED.has(key))
        return Reflect.get(target, key, receiver) as unknown
      throw notImplemented(`${name}.${key}`)
    }
  })
}
