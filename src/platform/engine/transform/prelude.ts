/**
 * What runs inside the sandbox, as source text. The first part runs before lodash, so that lodash too finds no way to
 * turn text into code; the second makes everything of a track's world, freezes it, and gives the one function that the
 * outside calls.
 *
 * Freezing is what makes a warm context safe: nothing that a run changes can be seen by the next one. A frozen property
 * of a prototype would forbid its own name to every object that inherits it (`error.name = 'x'` throws in strict code),
 * so those that programs do assign are turned into accessors that define the object's own property.
 */
export const PRELUDE_BEFORE_LODASH = String.raw`
(function (world) {
  'use strict'
  function refuse() {
    throw new EvalError('eval and Function are not available in the JavaScript of a track')
  }
  var kinds = [function () {}, function* () {}, async function () {}, async function* () {}]
  for (var i = 0; i < kinds.length; i++) {
    var prototype = Object.getPrototypeOf(kinds[i])
    // Without promises in the engine, functions that need them have no prototype.
    if (prototype === null) continue
    var standIn = function Function() { refuse() }
    standIn.prototype = prototype
    Object.defineProperty(prototype, 'constructor', { value: standIn })
    if (i === 0) world.Function = standIn
  }
  world.eval = function () { refuse() }
  world.self = world
})(this)
`

export const PRELUDE = String.raw`
(function (world, host, hasTypedElements) {
  'use strict'
  var MAX_DEPTH = 40
  var MAX_VALUES = 100000
  var MAX_CHARACTERS = 1048576

  function FlowError(message, details) {
    var error = this instanceof FlowError ? this : Object.create(FlowError.prototype)
    error.message = String(message)
    error.details = Array.isArray(details) ? details.map(String) : []
    error.stack = new Error().stack
    return error
  }
  FlowError.prototype = Object.create(Error.prototype, {
    name: { value: 'Flow.Error', writable: true, configurable: true },
    constructor: { value: FlowError, writable: true, configurable: true }
  })

  // An element: its type, its value, and the value wherever JavaScript wants one.
  function Element(type, value) {
    this.type = type
    this.value = value
  }
  // A number cannot be added to a bigint, and functions of tracks expect numbers: arithmetic gets the nearest number.
  function bare(value) { return typeof value === 'bigint' ? Number(value) : value }
  Element.prototype = {
    valueOf: function () { return bare(this.value) },
    toString: function () { return String(this.value) },
    toJSON: function () { return bare(this.value) }
  }

  function typedValue(typed) {
    var type = typed.type, value = typed.value
    // A long with more digits than a number holds travels as text.
    if (type === 'long' && typeof value === 'string') return BigInt(value)
    if (typeof value !== 'object' || value === null || type === 'dropRef') return value
    if (Array.isArray(value)) return value.map(element)
    if (type !== 'location') return elements(value)
    if (value.specifiers !== undefined) value.specifiers = elements(value.specifiers)
    return value
  }
  function element(typed) {
    var value = typedValue(typed)
    return hasTypedElements ? new Element(typed.type, value) : value
  }
  function elements(map) {
    var read = {}
    Object.keys(map).forEach(function (name) { put(read, name, element(map[name])) })
    return read
  }
  function put(map, name, value) {
    if (name === '__proto__') {
      Object.defineProperty(map, name, { value: value, writable: true, enumerable: true, configurable: true })
    } else map[name] = value
  }
  function drop(sent) {
    if (sent === null) return null
    sent.elems = elements(sent.elems)
    if (sent.location && sent.location.specifiers) sent.location.specifiers = elements(sent.location.specifiers)
    return sent
  }
  function plainRow(row) {
    var wasTyped = hasTypedElements
    hasTypedElements = false
    try { return elements(row) } finally { hasTypedElements = wasTyped }
  }

  // Types that plain JSON stands for; their wrapper is left out, so that a changed value finds its type again.
  var PLAIN_TYPES = { string: 1, boolean: 1, integer: 1, list: 1 }
  function keepsWrapper(type, value) {
    if (Object.prototype.hasOwnProperty.call(PLAIN_TYPES, type)) return false
    if (type === 'long' || type === 'float') {
      return typeof value === 'bigint' || (typeof value === 'number' && isFinite(value) && (type === 'float' || Math.floor(value) === value))
    }
    return type !== 'map' || (typeof value === 'object' && value !== null && !Array.isArray(value))
  }

  // JSON with every digit of a bigint, of a size that is bounded while it is written.
  function Writer(isBare) {
    this.isBare = isBare
    this.values = 0
    this.characters = 0
  }
  Writer.prototype = {
    text: function (text) {
      this.characters += text.length
      if (this.characters > MAX_CHARACTERS) throw new FlowError('The function returned more than 1 MiB.')
      return text
    },
    value: function (value, depth) {
      if (++this.values > MAX_VALUES) throw new FlowError('The function returned more than ' + MAX_VALUES + ' values.')
      if (depth > MAX_DEPTH) throw new FlowError('The function returned a value that is nested too deep, or contains itself.')
      switch (typeof value) {
        case 'string': return this.text(JSON.stringify(value))
        case 'number': return this.text(numberText(value))
        case 'bigint': return this.text(value.toString())
        case 'boolean': return this.text(String(value))
        case 'object': return value === null ? this.text('null') : this.object(value, depth)
        default: return undefined
      }
    },
    object: function (value, depth) {
      if (value instanceof Element) {
        if (this.isBare || !keepsWrapper(value.type, value.value)) return this.value(value.value, depth + 1)
        return '{"type":' + this.text(JSON.stringify(String(value.type))) + ',"value":' +
          (this.value(value.value, depth + 1) || 'null') + '}'
      }
      if (value instanceof Date) {
        var time = value.getTime()
        if (time !== time) return this.text('null')
        return this.text(this.isBare ? String(time) : '{"type":"date","value":' + time + '}')
      }
      if (value instanceof Number || value instanceof String || value instanceof Boolean) return this.value(value.valueOf(), depth + 1)
      if (typeof value.toJSON === 'function') return this.value(value.toJSON(), depth + 1)
      return Array.isArray(value) ? this.array(value, depth) : this.members(value, depth)
    },
    array: function (value, depth) {
      var parts = []
      for (var i = 0; i < value.length; i++) parts.push(this.value(value[i], depth + 1) || 'null')
      return '[' + this.text(parts.length > 1 ? parts.join(',') : parts.join('')) + ']'
    },
    members: function (value, depth) {
      var names = Object.keys(value), parts = []
      for (var i = 0; i < names.length; i++) {
        var text = this.value(value[names[i]], depth + 1)
        if (text !== undefined) parts.push(this.text(JSON.stringify(names[i])) + ':' + text)
      }
      return '{' + parts.join(',') + '}'
    }
  }
  function numberText(value) {
    if (!isFinite(value)) return 'null'
    if (Math.abs(value) <= 9007199254740991 || Math.floor(value) !== value) return String(value)
    // The shortest text of a large integer has zeros instead of its last digits. Beyond 2^63 it is a float, and digits
    // alone would make it a long with too many of them.
    return Math.abs(value) < 9223372036854775808 ? BigInt(value).toString() : value.toExponential()
  }

  function call(name, given) {
    var writer = new Writer(true)
    var texts = []
    for (var i = 0; i < given.length; i++) texts.push(writer.value(given[i], 0) || 'null')
    var answer = JSON.parse(host(name, '[' + texts.join(',') + ']'))
    if (answer.failure) throw new FlowError(answer.failure.message, answer.failure.details)
    switch (answer.kind) {
      case 'drop': return drop(answer.value)
      case 'drops': return answer.value.map(drop)
      case 'rows': return answer.value.map(plainRow)
      default: return answer.value
    }
  }
  function verb(name) { return function () { return call(name, arguments) } }
  world.Flow = {
    Flow: { find: verb('Flow.Flow.find'), get: verb('Flow.Flow.get') },
    Track: { find: verb('Flow.Track.find'), get: verb('Flow.Track.get') },
    Drop: {
      find: verb('Flow.Drop.find'),
      findOne: verb('Flow.Drop.findOne'),
      get: verb('Flow.Drop.get'),
      findFHash: verb('Flow.Drop.findFHash'),
      aggregate: verb('Flow.Drop.aggregate')
    },
    Http: { get: verb('Flow.Http.get'), post: verb('Flow.Http.post') },
    Error: FlowError
  }

  // The answer begins with "=" and the returned JSON, or with "!" and a description of what was thrown.
  function run(factory, dropText) {
    try {
      var track = factory()
      if (typeof track !== 'function') throw new FlowError('The js of a track must be one function expression.')
      return '=' + (new Writer(false).value(track(drop(JSON.parse(dropText))), 0) || 'null')
    } catch (thrown) {
      return '!' + describe(thrown)
    }
  }
  function describe(thrown) {
    try {
      var isError = typeof thrown === 'object' && thrown !== null && typeof thrown.message === 'string'
      return JSON.stringify({
        name: isError ? String(thrown.name).slice(0, 100) : 'Thrown',
        message: (isError ? thrown.message : String(thrown)).slice(0, 1000),
        details: isError && Array.isArray(thrown.details) ? thrown.details.slice(0, 20).map(function (detail) { return String(detail).slice(0, 1000) }) : [],
        stack: isError ? String(thrown.stack).slice(0, 4000) : ''
      })
    } catch (nested) {
      return '{"name":"Thrown","message":"a value that cannot be shown","details":[],"stack":""}'
    }
  }

  ;['self', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics'].forEach(function (name) { delete world[name] })

  var assigned = [
    [Object.prototype, Reflect.ownKeys(Object.prototype)],
    [Function.prototype, ['constructor', 'toString', 'call', 'apply', 'bind', 'name', 'length']],
    [Array.prototype, ['constructor', 'toString', 'concat', 'push', 'length']],
    [FlowError.prototype, ['constructor', 'name']]
  ]
  ;['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'InternalError', 'AggregateError'].forEach(function (name) {
    if (world[name]) assigned.push([world[name].prototype, ['constructor', 'name', 'message', 'toString']])
  })
  assigned.forEach(function (entry) {
    entry[1].forEach(function (name) { makeAssignable(entry[0], name) })
  })
  function makeAssignable(prototype, name) {
    var old = Object.getOwnPropertyDescriptor(prototype, name)
    if (!old || !old.configurable || !('value' in old)) return
    Object.defineProperty(prototype, name, {
      enumerable: old.enumerable,
      configurable: false,
      get: function () { return old.value },
      set: function (value) {
        if (this === prototype) throw new TypeError('the built-in objects are frozen')
        Object.defineProperty(this, name, { value: value, writable: true, enumerable: true, configurable: true })
      }
    })
  }

  var waiting = [
    world,
    Element.prototype,
    Writer.prototype,
    Object.getPrototypeOf(function* () {}),
    Object.getPrototypeOf(async function () {}),
    Object.getPrototypeOf(async function* () {}),
    [][Symbol.iterator](),
    ''[Symbol.iterator](),
    new Map().entries(),
    new Set().entries(),
    'a'.matchAll(/a/g),
    typeof Iterator === 'function' ? Iterator.from({ next: function () {} }) : null,
    [].values().map ? [].values().map(function () {}) : null
  ]
  var seen = new Set()
  while (waiting.length > 0) {
    var next = waiting.pop()
    if ((typeof next !== 'object' && typeof next !== 'function') || next === null || seen.has(next)) continue
    seen.add(next)
    waiting.push(Object.getPrototypeOf(next))
    Reflect.ownKeys(next).forEach(function (name) {
      var property = Object.getOwnPropertyDescriptor(next, name)
      waiting.push(property.value, property.get, property.set)
    })
    Object.freeze(next)
  }
  return run
})
`
