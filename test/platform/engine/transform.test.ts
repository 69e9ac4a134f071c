import fc from 'fast-check'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createFilterJudge } from '../../../src/platform/engine/filter-judge.ts'
import type { TransformOutput } from '../../../src/platform/engine/transform/output.ts'
import { simulate } from '../../../src/platform/engine/transform/simulate.ts'
import type { TransformerOptions } from '../../../src/platform/engine/transform/transformer.ts'
import {
  MAX_WAITING_BYTES,
  MAX_WAITING_PER_TRACK,
  OVERTIMES_BEFORE_REST,
  Transformer
} from '../../../src/platform/engine/transform/transformer.ts'
import type { Drop } from '../../../src/shared/model/drop.ts'
import { canonicalElements, toPlainElements } from '../../../src/shared/model/element-encoding.ts'
import type { Elements } from '../../../src/shared/model/elements.ts'
import type { Result } from '../../../src/shared/result.ts'
import { writeJson } from '../../../src/shared/wire/json.ts'
import type { FixedFlow } from './fixed-flow-reader.ts'

/** Nothing here may take longer than this, however slow the machine: it would hang then. */
const ALIVE_MS = 60_000
/** A short deadline where a function is meant to run into it. */
const SHORT_MS = 300

const flowId = 'f000000000000000000000001'

function drop(elems: Elements, over: Partial<Drop> = {}): Drop {
  return {
    id: 'd000000000000000000000001',
    flowId,
    path: '/ana/attic',
    creationDate: 1000,
    version: 0,
    elems,
    ...over
  }
}

const flow: FixedFlow = {
  id: flowId,
  path: '/ana/attic',
  drops: [
    drop({ n: 1, when: { type: 'date', value: 5 } }, { id: 'd1', fhash: 'one' }),
    drop({ n: 2, long: 9007199254740993n }, { id: 'd2' }),
    drop({ n: 3 }, { id: 'd3', location: { lat: 1, lon: 2 } })
  ]
}

const withReader: TransformerOptions = {
  readerModule: new URL('./fixed-flow-reader.ts', import.meta.url).href,
  readerData: flow
}

const shared = new Transformer(withReader)
const own: Transformer[] = []

function transformer(options: TransformerOptions = {}): Transformer {
  const made = new Transformer(options)
  own.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(own.splice(0).map((each) => each.close()))
})
afterAll(async () => {
  await shared.close()
})

interface RunOver {
  readonly by?: Transformer
  readonly trackId?: string
  readonly drop?: Drop
  readonly deadlineMs?: number
  readonly asIdentity?: string
}

function run(js: string, over: RunOver = {}): Promise<Result<TransformOutput>> {
  const { by = shared, ...job } = over
  return by.run({ trackId: 't1', drop: drop({ x: 5 }), asIdentity: 'i1', js, ...job })
}

async function output(js: string, over: RunOver = {}): Promise<TransformOutput> {
  const result = await run(js, over)
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}

/** The elements of the one drop that a function returns. */
async function elems(js: string, over: RunOver = {}): Promise<Elements> {
  const value = await output(js, over)
  if (value.kind !== 'drops' || value.drops.length !== 1) throw new Error(`not one drop: ${value.kind}`)
  return value.drops[0]?.elems ?? {}
}

async function problem(js: string, over: RunOver = {}): Promise<string> {
  const result = await run(js, over)
  if (result.ok) throw new Error(`no failure but ${result.value.kind}`)
  expect(result.failure.code).toBe('platform/bad-request')
  return result.failure.message
}

const returning = (expression: string): string => `function (input) { return ${expression} }`
const GOOD = returning('{elems: {ok: true}}')
const LOOP = 'function () { while (true) {} }'

describe('what a function returns', { timeout: ALIVE_MS }, () => {
  test.each([
    'null',
    'undefined',
    'false',
    '{}',
    '[]',
    '[null, {}, false]',
    '{"/ana/b": null}',
    '{"/ana/b": []}'
  ])('%s writes nothing', async (expression) => {
    expect(await output(returning(expression))).toEqual({ kind: 'none' })
  })

  test('an object with elems is one drop; only what is copied is kept', async () => {
    const source = drop({ x: 5 }, { location: { lat: 1, lon: 2, specifiers: { a: 1 } }, fhash: 'h' })
    expect(await output(returning('input'), { drop: source })).toEqual({
      kind: 'drops',
      drops: [{ elems: { x: 5 }, location: { lat: 1, lon: 2, specifiers: { a: 1 } }, fhash: 'h' }]
    })
  })

  test('an object with empty elems is a drop too', async () => {
    expect(await output(returning('{elems: {}}'))).toEqual({ kind: 'drops', drops: [{ elems: {} }] })
  })

  test('an array is several drops, nothings among them skipped', async () => {
    expect(await output(returning('[{elems: {a: 1}}, null, {elems: {a: 2}}]'))).toEqual({
      kind: 'drops',
      drops: [{ elems: { a: 1 } }, { elems: { a: 2 } }]
    })
  })

  test('keys with a slash are paths, each with a drop or an array of drops', async () => {
    const js = returning(
      '{"/ana/b": {elems: {a: 1}}, "/ana/c/": [{elems: {a: 2}}, {elems: {a: 3}}], "/ana/d": null}'
    )
    expect(await output(js)).toEqual({
      kind: 'paths',
      byPath: new Map([
        ['/ana/b', [{ elems: { a: 1 } }]],
        ['/ana/c', [{ elems: { a: 2 } }, { elems: { a: 3 } }]]
      ])
    })
  })

  test.each([
    ['a text', '"x"', 'text "x"'],
    ['an empty text', '""', 'text ""'],
    ['a number', '7', 'number 7'],
    ['true', 'true', 'true'],
    ['an object without elems', '{temp: 1}', 'temp'],
    ['an array of numbers', '[1]', 'number 1'],
    ['an array within an array', '[[{elems: {}}]]', 'array within'],
    ['paths beside other keys', '{"/ana/b": {elems: {}}, x: 1}', '"x"'],
    ['a bad path', '{"/ana": {elems: {}}}', '/ana'],
    ['elems that are no object', '{elems: 5}', 'elems'],
    ['a value that does not fit its type', '{elems: {d: {type: "date", value: "x"}}}', 'elems.d'],
    ['an integer beyond 64 bits', '{elems: {n: {type: "long", value: 1e30}}}', 'elems.n'],
    ['a bad location', '{elems: {}, location: {lat: 100, lon: 0}}', 'lat'],
    ['an fhash that is no text', '{elems: {}, fhash: 7}', 'fhash'],
    ['a value that contains itself', '(function (a) { a.a = a; return {elems: a} })({})', 'contains itself'],
    ['too much', '{elems: {a: new Array(2e6).join("x")}}', '1 MiB'],
    ['too many drops', '_.times(1001, function () { return {elems: {}} })', '1000 drops'],
    [
      'too many drops over all paths',
      '_.fromPairs(_.times(3, function (n) { return ["/ana/" + n, _.times(400, function () { return {elems: {}} })] }))',
      '1000 drops'
    ],
    ['too many values', '{elems: {a: _.range(200000)}}', 'values']
  ])('%s is a failure that says so', async (_name, expression, part) => {
    expect(await problem(returning(expression))).toContain(part)
  })
})

describe('elements inside a function', { timeout: ALIVE_MS }, () => {
  const source = drop({
    n: 5,
    s: 'text',
    flag: false,
    list: [1, 'two'],
    map: { a: { b: 1 } },
    when: { type: 'date', value: 86_400_000 },
    at: { type: 'location', value: { lat: 1.5, lon: 2, specifiers: { floor: 3 } } },
    set: { type: 'set', value: [3, 1] },
    ref: { type: 'dropRef', value: { flowId, dropId: 'd000000000000000000000002' } },
    long: 9007199254740993n,
    short: { type: 'long', value: 7 },
    whole: { type: 'float', value: 2 }
  })

  test('come back as they went in, every type and digit', async () => {
    expect(await elems(returning('input'), { drop: source })).toEqual(source.elems)
    expect(await elems(returning('{elems: input.elems}'), { drop: source })).toEqual(source.elems)
    expect(await elems(returning('{elems: _.cloneDeep(input.elems)}'), { drop: source })).toEqual(
      source.elems
    )
  })

  test('come back as they went in, whatever they are', async () => {
    const plain = transformer({ elementForm: 'plain' })
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 })
    const leaf = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
      fc.record({ type: fc.constant('date'), value: fc.integer() }),
      fc.record({ type: fc.constant('uri'), value: fc.string() })
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
        fc.record({
          type: fc.constant('sortedMap'),
          value: fc.dictionary(text, leaf, { maxKeys: 3, noNullPrototype: true })
        })
      )
    }))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, tree, { noNullPrototype: true }), async (input) => {
        const canonical = canonicalElements(input)
        if (canonical.kind === 'invalid') throw new Error(canonical.problem)
        expect(await elems(returning('input'), { drop: drop(canonical.elems) })).toEqual(canonical.elems)
        // Plain values lose their wrappers, and nothing else.
        const shown = await elems(returning('{elems: input.elems}'), {
          drop: drop(canonical.elems),
          by: plain
        })
        expect(writeJson(toPlainElements(shown))).toBe(writeJson(toPlainElements(canonical.elems)))
      }),
      { numRuns: 200 }
    )
  })

  test('have their value and stand for it', async () => {
    const js = `function (input) {
      var e = input.elems
      return {elems: {
        value: e.n.value * 2, sum: e.n + 1, text: e.s + '!', type: e.when.type, list: e.list.value[1].value,
        map: e.map.value.a.value.b + 1, lat: e.at.value.lat, floor: e.at.value.specifiers.floor + 1,
        flag: e.flag.value, less: e.n < 6, same: e.n == 5, json: JSON.stringify(e.map), joined: e.list.value.join('-')
      }}
    }`
    expect(await elems(js, { drop: source })).toEqual({
      value: 10,
      sum: 6,
      text: 'text!',
      type: 'date',
      list: 'two',
      map: 2,
      lat: 1.5,
      floor: 4,
      flag: false,
      less: true,
      same: true,
      json: '{"a":{"b":1}}',
      joined: '1-two'
    })
  })

  test('keep the digits of a long, and can be calculated with', async () => {
    const js = returning(
      '{elems: {same: input.elems.long.value, near: input.elems.long - 1, text: input.elems.long + ""}}'
    )
    expect(await elems(js, { drop: source })).toEqual({
      same: 9007199254740993n,
      near: 9007199254740991,
      text: '9007199254740992'
    })
  })

  test('find their type again when their value is changed', async () => {
    const js = `function (input) {
      input.elems.n.value = input.elems.n.value / 2
      input.elems.s.value = 7
      input.elems.short.value = 2.5
      input.elems.when.value += 1
      delete input.elems.list
      return {elems: _.pick(input.elems, ['n', 's', 'short', 'when', 'list'])}
    }`
    expect(await elems(js, { drop: source })).toEqual({
      n: 2.5,
      s: 7,
      short: 2.5,
      when: { type: 'date', value: 86_400_001 }
    })
  })

  test('may be plain, typed and mixed on return; what JSON leaves out is left out', async () => {
    const js = returning(
      '{elems: {d: new Date(5), t: {type: "set", value: [1, 1]}, m: {a: [input.elems.n, {type: "date", value: 1}]}, u: undefined, f: function () {}, nan: NaN, nil: null, big: Math.pow(2, 60), huge: 1e20, boxed: new Number(4), chain: _([1, 2])}}'
    )
    expect(await elems(js, { drop: source })).toEqual({
      d: { type: 'date', value: 5 },
      t: { type: 'set', value: [1] },
      m: { a: [5, { type: 'date', value: 1 }] },
      big: 2n ** 60n,
      huge: 1e20,
      boxed: 4,
      chain: [1, 2]
    })
  })

  test('may have any name', async () => {
    const named = drop(
      JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3, "a b": 4, "é\\u2028": 5}') as Elements
    )
    expect(Object.entries(await elems(returning('input'), { drop: named }))).toEqual(
      Object.entries(named.elems)
    )
  })

  test('are the values themselves when the server is set so', async () => {
    const plain = transformer({ elementForm: 'plain' })
    const js = returning(
      '{elems: {sum: input.elems.n + 1, kind: typeof input.elems.s, map: input.elems.map.a.b}}'
    )
    expect(await elems(js, { drop: source, by: plain })).toEqual({ sum: 6, kind: 'string', map: 1 })
  })
})

describe('functions that fail', { timeout: ALIVE_MS }, () => {
  test('name the error and the line', async () => {
    const result = await run('function (input) {\n  var a\n  return a.b\n}')
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'platform/bad-request', details: { lineNumber: 3 } }
    })
    expect(await problem('function () { throw new TypeError("no good") }')).toContain('TypeError: no good')
  })

  test('can throw Flow.Error with details, and anything else', async () => {
    expect(await run('function () { throw new Flow.Error("bad", ["one", "two"]) }')).toMatchObject({
      failure: { details: { errors: ['bad', 'one', 'two'] } }
    })
    expect(await problem('function () { throw "a text" }')).toContain('a text')
    expect(await problem('function () { throw null }')).toContain('null')
    expect(await problem('function () { throw {toString: function () { throw 1 }} }')).toContain(
      'cannot be shown'
    )
  })

  test.each([
    'function (',
    'function () {} + ',
    '5',
    '',
    '{}',
    'var f = 1',
    'async function () {}',
    'return 1'
  ])('"%s" is no function', async (js) => {
    expect(await problem(js)).not.toBe('')
  })

  test('are found by a check that does not call them', async () => {
    expect(await shared.check('function (input) { throw new Error("called") };')).toEqual({
      ok: true,
      value: undefined
    })
    const bad = await shared.check('function (input) {\n  retrun 5\n}')
    expect(bad).toMatchObject({ ok: false, failure: { details: { lineNumber: 2 } } })
  })

  test.each([
    GOOD,
    `${GOOD};`,
    `  ${GOOD}  ;\n;`,
    `${GOOD} // a comment`,
    'function named(input) { return {elems: {ok: true}} }',
    '(function () { return {elems: {ok: true}} })',
    '(input) => ({elems: {ok: true}})',
    '_.constant({elems: {ok: true}})'
  ])('%j is one', async (js) => {
    expect(await elems(js)).toEqual({ ok: true })
  })

  test('run in strict code', async () => {
    expect(await problem('function () { undeclared = 1 }')).toContain('ReferenceError')
    expect(await elems(returning('{elems: {t: typeof this}}'))).toEqual({ t: 'undefined' })
    expect(await problem('function () { with ({}) {} }')).toContain('SyntaxError')
  })
})

describe('the walls', { timeout: ALIVE_MS }, () => {
  test.each([
    'eval("1")',
    '(0, eval)("1")',
    'Function("return 1")()',
    'new Function("return process")()',
    'input.constructor.constructor("return process")()',
    '(function () {}).constructor("return this")()',
    'Object.getPrototypeOf(function* () {}).constructor("yield 1")()',
    '_.template("<%= 1 %>")()',
    '_.runInContext({}).template("<%= 1 %>")()',
    'Reflect.construct(Function, ["return 1"])()',
    'Flow.Drop.find.constructor("return 1")()'
  ])('%s makes no code of a text', async (expression) => {
    expect(await problem(returning(expression))).toMatch(/not available|TypeError/)
  })

  test('nothing of the host is there', async () => {
    const names = [
      'process',
      'require',
      'module',
      'global',
      'self',
      'fetch',
      'setTimeout',
      'Promise',
      'WebAssembly',
      'Atomics'
    ]
    const js = returning(
      `{elems: {found: ${JSON.stringify(names)}.filter(function (name) { return name in globalThis })}}`
    )
    expect(await elems(js)).toEqual({ found: [] })
  })

  test.each([
    ['Object.prototype.seen = 1', '({}).seen'],
    ['Array.prototype.map = null', 'Array.prototype.map === null || undefined'],
    ['globalThis.seen = 1', 'globalThis.seen'],
    ['_.seen = 1', '_.seen'],
    ['_.prototype.seen = 1', '_.prototype.seen'],
    ['_.templateSettings.seen = 1', '_.templateSettings.seen'],
    ['_.mixin({seen: function () {}})', '_.seen'],
    ['Flow.Drop.find = 1', 'Flow.Drop.find === 1 || undefined'],
    ['Flow.seen = 1', 'Flow.seen'],
    ['Object.getPrototypeOf(input.elems.x).seen = 1', 'Object.getPrototypeOf(input.elems.x).seen'],
    [
      'Object.getPrototypeOf([][Symbol.iterator]()).seen = 1',
      'Object.getPrototypeOf([][Symbol.iterator]()).seen'
    ],
    ['Object.defineProperty(JSON, "parse", {value: 1})', 'JSON.parse === 1 || undefined'],
    ['Math.seen = 1', 'Math.seen'],
    ['Object.setPrototypeOf(Array.prototype, {seen: 1})', '[].seen']
  ])('%s changes nothing for the next drop, of this track or another', async (attempt, look) => {
    await run(`function (input) { try { ${attempt} } catch (refused) {} }`, { trackId: 'first' })
    const js = `function (input) { var found = ${look}; return {elems: {clean: found === undefined}} }`
    expect(await elems(js, { trackId: 'first' })).toEqual({ clean: true })
    expect(await elems(js, { trackId: 'second' })).toEqual({ clean: true })
  })

  test('variables around the function begin anew with every drop', async () => {
    const js =
      '(function () { var count = 0; return function () { count++; return {elems: {count: count}} } })()'
    expect([await elems(js), await elems(js)]).toEqual([{ count: 1 }, { count: 1 }])
  })

  test('frozen built-ins leave a program its own objects', async () => {
    const js = `function (input) {
      function MyError(message) { this.name = 'MyError'; this.message = message }
      MyError.prototype = Object.create(Error.prototype)
      MyError.prototype.constructor = MyError
      MyError.prototype.toString = function () { return this.name + ':' + this.message }
      var error = new Error(); error.message = 'changed'
      var own = {}; own.hasOwnProperty = 1; own.constructor = 2; own.valueOf = 3
      function f() {} ; f.toString = 4; f.call = 5
      return {elems: {
        thrown: String(new MyError('x')), caught: new MyError('y') instanceof Error, message: error.message,
        own: [own.hasOwnProperty, own.constructor, own.valueOf], f: [f.toString, f.call],
        lodash: _.chain([3, 1, 2]).sortBy().map(function (n) { return n * 2 }).value(),
        grouped: _.groupBy([1, 2, 3], function (n) { return n % 2 ? 'odd' : 'even' }),
        merged: _.merge({a: {b: 1}}, {a: {c: 2}}), text: _.camelCase('two words'), got: _.get({a: [{b: 7}]}, 'a[0].b'),
        bound: _.partial(function (a, b) { return a + b }, 1)(2), memo: _.memoize(function (n) { return n * 2 })(4)
      }}
    }`
    expect(await elems(js)).toEqual({
      thrown: 'MyError:x',
      caught: true,
      message: 'changed',
      own: [1, 2, 3],
      f: [4, 5],
      lodash: [2, 4, 6],
      grouped: { odd: [1, 3], even: [2] },
      merged: { a: { b: 1, c: 2 } },
      text: 'twoWords',
      got: 7,
      bound: 3,
      memo: 8
    })
  })
})

describe('functions that do not end, or take too much', { timeout: ALIVE_MS }, () => {
  test.each([
    ['a loop', 'while (true) {}'],
    [
      'a loop that catches everything',
      'while (true) { try { while (true) {} } catch (e) {} finally { continue } }'
    ],
    [
      'a string that grows',
      'var s = "x"; while (true) { s += s.length > 1e6 ? "" : s; s = s.split("").reverse().join("") }'
    ],
    ['a string that grows by one', 'var s = ""; while (true) { s += "y" }'],
    ['a regular expression', '/^(a+)+$/.test(new Array(60).join("a") + "b"); while (true) {}'],
    [
      'a sort without an order',
      'while (true) { _.range(1e5).sort(function () { return Math.random() - 0.5 }) }'
    ],
    ['a result whose members never end', 'return {elems: {toJSON: function () { while (true) {} }}}'],
    ['a getter in the result', 'return {get elems() { while (true) {} }}'],
    ['an error whose text never ends', 'throw {get message() { while (true) {} }}']
  ])('%s is ended', async (_name, body) => {
    expect(await problem(`function (input) { ${body} }`, { deadlineMs: SHORT_MS, trackId: _name })).toMatch(
      /ran for more than 300 ms|more memory/
    )
    expect(await elems(GOOD, { trackId: _name })).toEqual({ ok: true })
  })

  test.each([
    ['arrays', 'var a = []; while (true) a.push(new Array(1000).join("x") + a.length)'],
    [
      'arrays, caught',
      'var a = []; try { while (true) a.push(new Array(1000).join("x") + a.length) } catch (e) { a.push(1); while (true) a.push(new Array(1e6).join("x") + a.length) }'
    ],
    ['one string', 'var s = "xxxxxxxxxx"; while (true) s += s'],
    [
      'one array',
      'var a = []; a.length = 3e7; for (var i = 0; i < 3e7; i++) a[i] = i; return {elems: {n: a.length}}'
    ],
    ['many objects', 'var a = {}; for (var i = 0; ; i++) a["k" + i] = {v: i}']
  ])('memory taken by %s is bounded', async (_name, body) => {
    const before = process.memoryUsage().rss
    expect(await problem(`function () { ${body} }`)).toMatch(
      /more memory|too long|out of memory|ran for more/
    )
    // Twice the limit of a function, for what the engine and the collector have on top.
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
    expect(await elems(GOOD)).toEqual({ ok: true })
  })

  test.each([
    ['itself', '(function f() { f() })()'],
    ['itself through the built-ins', 'function f() { [1].map(f) } f()'],
    ['itself through sort', 'function f() { [2, 1].sort(f) } f()'],
    ['itself through replace', 'function f() { "a".replace(/a/, f) } f()'],
    ['itself through toJSON', 'function f() { JSON.stringify({toJSON: f}) } f()'],
    ['itself through a getter', 'var o = {get x() { return this.x }}; o.x'],
    ['the parser of JSON', 'JSON.parse(new Array(1e6).join("["))'],
    ['the writer of JSON', 'var a = []; for (var i = 0; i < 2e4; i++) a = [a]; JSON.stringify(a)'],
    [
      'the compiler of regular expressions',
      'new RegExp(new Array(1e5).join("(?:") + new Array(1e5).join(")"))'
    ]
  ])('a recursion of %s ends in a failure', async (_name, body) => {
    expect(await problem(`function () { ${body} }`)).toMatch(/overflow|too deep|SyntaxError|ran for more/)
    expect(await elems(GOOD)).toEqual({ ok: true })
  })

  test('source text that nests without end ends in a failure', async () => {
    for (const open of ['(', '[', 'function () {']) {
      expect(await problem(`function () { return ${open.repeat(20_000)} }`)).not.toBe('')
    }
    expect(await elems(GOOD)).toEqual({ ok: true })
  })

  test('a recursion that is caught leaves a function that works', async () => {
    const js =
      'function () { try { (function f() { f() })() } catch (e) { return {elems: {caught: e.name}} } }'
    expect(await elems(js)).toEqual({ caught: 'InternalError' })
  })

  test('the others get out of its way, in their own order', async () => {
    const by = transformer()
    await run(GOOD, { by, trackId: 'good' })
    const ended: string[] = []
    const noting = async (name: string, promise: Promise<unknown>): Promise<void> => {
      await promise
      ended.push(name)
    }
    const endless = noting('endless', run(LOOP, { by, trackId: 'bad' }))
    const others = [0, 1, 2, 3].map((n) =>
      noting(`good ${String(n)}`, run(GOOD, { by, trackId: 'good', drop: drop({ n }) }))
    )
    await Promise.all(others)
    expect(ended).toEqual(['good 0', 'good 1', 'good 2', 'good 3'])
    await endless
  })

  test('two of them at once still let the others run', async () => {
    const by = transformer()
    const endless = [0, 1, 2].map((n) =>
      problem(LOOP, { by, trackId: `bad ${String(n)}`, deadlineMs: SHORT_MS })
    )
    expect(await elems(GOOD, { by, trackId: 'good' })).toEqual({ ok: true })
    expect(await Promise.all(endless)).toHaveLength(3)
  })

  describe('one that keeps running out of time', () => {
    const js = 'function (input) { while (input.elems.endless.value) {} return {elems: {ok: true}} }'
    const endless = drop({ endless: true })
    const ending = drop({ endless: false })

    test('rests, and is tried again later', async () => {
      let nowMs = 1_000_000
      const by = transformer({ clock: { now: () => nowMs } })
      const bad = { by, trackId: 'bad', deadlineMs: 50 }
      const waiting = Array.from({ length: OVERTIMES_BEFORE_REST + 5 }, () =>
        problem(js, { ...bad, drop: endless })
      )
      const messages = await Promise.all(waiting)
      expect(messages.filter((message) => message.includes('ran for more than'))).toHaveLength(
        OVERTIMES_BEFORE_REST
      )
      expect(messages.filter((message) => message.includes('not tried again'))).toHaveLength(5)
      expect(await problem(js, { ...bad, drop: ending })).toContain('not tried again')
      expect(await elems(GOOD, { by, trackId: 'good' })).toEqual({ ok: true })
      nowMs += 10_001
      expect(await elems(js, { ...bad, drop: ending })).toEqual({ ok: true })
      expect(by.pending).toBe(0)
    })

    test.each([
      ['it is changed', GOOD, () => {}],
      [
        'its track is forgotten',
        js,
        (by: Transformer) => {
          by.forget('bad')
        }
      ]
    ])('does not rest after %s', async (_name, next, change) => {
      const by = transformer({ clock: { now: () => 0 } })
      const bad = { by, trackId: 'bad', deadlineMs: 50 }
      for (let n = 0; n < OVERTIMES_BEFORE_REST; n++) await problem(js, { ...bad, drop: endless })
      expect(await problem(js, { ...bad, drop: ending })).toContain('not tried again')
      change(by)
      expect(await elems(next, { ...bad, drop: ending })).toEqual({ ok: true })
    })
  })

  test('drops that wait are bounded by their number and their size', async () => {
    const by = transformer()
    const stuck = run(LOOP, { by, trackId: 'bad', deadlineMs: SHORT_MS })
    const job = { trackId: 'bad', js: LOOP, drop: drop({}), asIdentity: 'i1', deadlineMs: 1 }
    const large = [by.run({ ...job, dropBytes: MAX_WAITING_BYTES }), by.run({ ...job, dropBytes: 1 })]
    expect(await large[1]).toMatchObject({ failure: { code: 'platform/server-error' } })
    const many = Array.from({ length: MAX_WAITING_PER_TRACK }, () => by.run({ ...job, dropBytes: 0 }))
    expect(await many.at(-1)).toMatchObject({ failure: { code: 'platform/server-error' } })
    await by.close()
    await Promise.all([stuck, ...large, ...many])
    expect(by.pending).toBe(0)
  })

  test('the loop of the server goes on while they run', async () => {
    const by = transformer()
    await run(GOOD, { by, trackId: 'good' })
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    let turns = 0
    const ticking = setInterval(() => turns++, 5)
    await Promise.all([
      run(LOOP, { by, trackId: 'bad', deadlineMs: 500 }),
      run('function () { var a = []; while (true) a.push(new Array(1000).join("x")) }', {
        by,
        trackId: 'hungry',
        deadlineMs: 500
      })
    ])
    clearInterval(ticking)
    delay.disable()
    // A blocked loop would turn once; a loop that only shares its processor turns some dozens of times.
    expect(turns).toBeGreaterThan(10)
    expect(delay.percentile(50) / 1e6).toBeLessThan(250)
  })

  test('more tracks than there are warm engines all run', async () => {
    const counts = Array.from({ length: 40 }, (_, n) =>
      elems(returning('{elems: {n: input.elems.n}}'), { trackId: `t${String(n)}`, drop: drop({ n }) })
    )
    expect(await Promise.all(counts)).toEqual(counts.map((_, n) => ({ n })))
  })

  test('a closed transformer answers that it is closed', async () => {
    const by = transformer()
    const running = run(LOOP, { by })
    const waiting = run(GOOD, { by })
    await by.close()
    await by.close()
    for (const result of [await running, await waiting, await run(GOOD, { by })]) {
      expect(result).toMatchObject({ ok: false, failure: { code: 'platform/server-error' } })
    }
  })

  test('a reader that cannot be opened is a failure of the server', async () => {
    const by = transformer({ readerModule: new URL('./no-such-module.ts', import.meta.url).href })
    expect(await run(GOOD, { by })).toMatchObject({ ok: false, failure: { code: 'platform/server-error' } })
    expect(await run(GOOD, { by })).toMatchObject({ ok: false, failure: { code: 'platform/server-error' } })
  })
})

describe('Flow', { timeout: ALIVE_MS }, () => {
  const found = (expression: string, over: RunOver = {}) =>
    elems(returning(`{elems: {found: ${expression}}}`), over)

  test.each([
    ['Flow.Flow.find()', [{ id: flowId, path: '/ana/attic' }]],
    ['Flow.Flow.get("/ana/attic").id', flowId],
    ['Flow.Flow.get("/ana/none") === null', true],
    ['Flow.Track.get("t1").source', '/ana/attic'],
    ['Flow.Track.find()[0].query', { start: 0, limit: 20, sort: 'creationDate', order: 'desc' }],
    [
      'Flow.Track.find({filter: "a == 1", skip: 2, limit: 1e9, sort: "n", order: "asc"})[0].query',
      { filter: 'a == 1', start: 2, limit: 100_000, sort: 'n', order: 'asc' }
    ],
    ['_.map(Flow.Drop.find("/ana/attic"), function (d) { return d.elems.n.value })', [3, 2, 1]],
    ['Flow.Drop.find("/ana/attic", {limit: 1, order: "asc"})[0].elems.n + 1', 2],
    ['Flow.Drop.find("/ana/attic", {filter: "n > 2"})[0].location.lon', 2],
    [`Flow.Drop.findOne(input.flowId).elems.n`, 3],
    ['Flow.Drop.findOne("/ana/attic", {filter: "n > 9"}) === null', true],
    ['Flow.Drop.get("/ana/attic", "d1").elems.when', { type: 'date', value: 5 }],
    ['Flow.Drop.get("/ana/attic", "d9") === null', true],
    ['Flow.Drop.get("/ana/attic", "d2").elems.long', 9007199254740993n],
    ['Flow.Drop.findFHash("/ana/attic", input.elems.key).id', 'd1'],
    ['Flow.Drop.findFHash("/ana/attic", "two") === null', true],
    ['Flow.Drop.aggregate("/ana/attic", {output: ["$sum:n", "$min:x"]})[0]["$sum:n"] + 1', 7],
    ['Flow.Drop.aggregate("/ana/attic", {output: ["$min:x"]})[0]["$min:x"] === null', true],
    ['Flow.Drop.aggregate("/ana/attic", {output: ["$sum:long"]})[0]["$sum:long"]', 9007199254740993n]
  ])('%s reads what is stored', async (expression, expected) => {
    expect(await found(expression, { drop: drop({ key: 'one' }) })).toEqual({ found: expected })
  })

  test.each([
    ['Flow.Drop.find()', 'id or path'],
    ['Flow.Drop.find("/ana/attic", "n > 1")', 'options'],
    ['Flow.Drop.find("/ana/attic", {limit: -1})', 'limit'],
    ['Flow.Drop.find("/ana/attic", {order: "up"})', 'order'],
    ['Flow.Drop.get("/ana/attic")', 'id of a drop'],
    ['Flow.Drop.find("/ana/none")', 'There is no flow /ana/none.'],
    ['Flow.Drop.aggregate("/ana/attic", {})', 'output'],
    ['Flow.Http.get("http://127.0.0.1:1/")', '--allow-http'],
    ['Flow.Http.post("http://example.com/", {}, "x")', '--allow-http example.com'],
    ['Flow.Http.get("file:///etc/passwd")', 'http or https']
  ])('%s throws a Flow.Error', async (expression, part) => {
    expect(await problem(returning(expression))).toContain(part)
    const caught = `function () { try { ${expression} } catch (e) { return {elems: {isFlowError: e instanceof Flow.Error, isError: e instanceof Error, message: e.message, details: e.details}} } }`
    expect(await elems(caught)).toMatchObject({
      isFlowError: true,
      isError: true,
      message: expect.stringContaining(part) as string
    })
  })

  test('reads with the rights of the identity of the track', async () => {
    expect(await problem(returning('Flow.Drop.find("/ana/attic")'), { asIdentity: 'stranger' })).toContain(
      'no flow'
    )
    const js =
      'function () { try { Flow.Drop.find("/ana/attic") } catch (e) { return {elems: {details: e.details}} } }'
    expect(await elems(js, { asIdentity: 'stranger' })).toEqual({ details: ['not visible'] })
  })

  test('has nothing to read without a reader', async () => {
    expect(await problem(returning('Flow.Flow.find()'), { by: transformer() })).toContain('nothing to read')
  })
})

describe('Flow.Http', { timeout: ALIVE_MS }, () => {
  async function serve(use: (host: string, seen: string[]) => Promise<void>): Promise<void> {
    const seen: string[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        seen.push(
          `${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-key'])} ${Buffer.concat(chunks).toString()}`
        )
        if (request.url === '/silent') return
        if (request.url === '/redirect') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
        else if (request.url === '/large') response.end('x'.repeat(2 * 1024 * 1024))
        else response.writeHead(201, { 'x-answer': 'yes' }).end('{"número": 9007199254740993}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await use(`127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  test('exchanges with a host that is allowed, and answers before the function goes on', async () => {
    await serve(async (host, seen) => {
      const by = transformer({ allowedHosts: ['example.com', host] })
      const js = `function (input) {
        var posted = Flow.Http.post('http://${host}/a', {'x-key': 'k'}, {n: input.elems.x, s: 'ü'})
        var got = Flow.Http.get('http://${host}/b')
        return {elems: {status: posted.statusCode, header: posted.headers['x-answer'], body: got.body}}
      }`
      expect(await elems(js, { by })).toEqual({
        status: 201,
        header: 'yes',
        body: '{"número": 9007199254740993}'
      })
      expect(seen).toEqual(['POST /a k {"n":5,"s":"ü"}', 'GET /b undefined '])
    })
  })

  test('does not follow a redirect, nor read an answer without end', async () => {
    await serve(async (host) => {
      const by = transformer({ allowedHosts: ['127.0.0.1'] })
      expect(
        await elems(returning(`{elems: {status: Flow.Http.get('http://${host}/redirect').statusCode}}`), {
          by
        })
      ).toEqual({ status: 302 })
      expect(await problem(returning(`Flow.Http.get('http://${host}/large')`), { by })).toContain('1 MiB')
      expect(await problem(returning(`Flow.Http.get('http://user:secret@${host}/')`), { by })).toContain(
        'credentials'
      )
    })
  })

  test('ends with the time of the function when nobody answers', async () => {
    await serve(async (host) => {
      const by = transformer({ allowedHosts: [host] })
      const js = returning(`Flow.Http.get('http://${host}/silent')`)
      expect(await problem(js, { by, deadlineMs: SHORT_MS })).toMatch(/in time|ran for more/)
      expect(await elems(GOOD, { by })).toEqual({ ok: true })
    })
  })

  test('says so when nobody listens', async () => {
    const by = transformer({ allowedHosts: ['127.0.0.1'] })
    expect(await problem(returning("Flow.Http.get('http://127.0.0.1:1/')"), { by })).toContain(
      'could not reach'
    )
  })
})

describe('a simulation', { timeout: ALIVE_MS }, () => {
  const clock = { now: () => 0 }
  const options = { asIdentity: 'i1', clock, judge: createFilterJudge(clock) }
  const given = { elems: { temp: 20, when: { type: 'date', value: 5 } } }

  async function simulated(body: Record<string, unknown>) {
    const result = await simulate(shared, { drop: given, ...body }, options)
    if (!result.ok) throw new Error(result.failure.message)
    return result.value
  }

  const input = {
    line_no: 1,
    input: { elems: { temp: { type: 'integer', value: 20 }, when: { type: 'date', value: 5 } } }
  }

  test('gives the drops plain, and input and output typed', async () => {
    const js =
      'function (input) {\n  return {elems: {f: input.elems.temp * 1.8 + 32, when: input.elems.when}}\n}'
    expect(await simulated({ js })).toEqual({
      drops: [{ elems: { f: 68, when: 5 } }],
      log: [
        input,
        {
          line_no: 3,
          output: { elems: { f: { type: 'integer', value: 68 }, when: { type: 'date', value: 5 } } }
        }
      ],
      errors: []
    })
  })

  test('names the paths that the function chose', async () => {
    const js = returning('{"/ana/b": [{elems: {a: 1}}, {elems: {a: 2}}]}')
    expect((await simulated({ js })).drops).toEqual([
      { path: '/ana/b', elems: { a: 1 } },
      { path: '/ana/b', elems: { a: 2 } }
    ])
  })

  test('has no drops and an error when the function fails or does not end', async () => {
    const failing = await simulated({ js: 'function () { throw new Error("no") }' })
    expect(failing).toEqual({ drops: [], log: [input], errors: [expect.stringContaining('Error: no')] })
    expect((await simulated({ js: 'function (' })).errors).toHaveLength(1)
    expect((await simulated({ js: LOOP })).errors).toEqual([expect.stringContaining('2000 ms')])
  })

  test('tests the filter first', async () => {
    const counted = await simulated({ js: GOOD, filter: 'temp > 10' })
    expect(counted.drops).toHaveLength(1)
    expect(await simulated({ js: LOOP, filter: 'temp > 30' })).toEqual({
      drops: [],
      log: [input],
      errors: []
    })
    expect((await simulated({ js: GOOD, filter: '' })).drops).toHaveLength(1)
  })

  test.each([
    ['no js', { js: undefined }, 'js'],
    ['js that is no text', { js: 5 }, 'js'],
    ['no drop', { drop: undefined }, 'drop'],
    ['a drop without elems', { drop: { a: 1 } }, 'elems'],
    ['a drop that is a list', { drop: [] }, 'drop'],
    ['elements that do not fit', { drop: { elems: { d: { type: 'date', value: 'x' } } } }, 'elems.d'],
    ['a filter that does not parse', { filter: 'temp >' }, 'olumn'],
    ['a filter that is no text', { filter: 5 }, 'filter']
  ])('%s is refused', async (_name, body, part) => {
    const result = await simulate(shared, { drop: given, js: GOOD, ...body }, options)
    expect(result).toMatchObject({ ok: false, failure: { code: 'platform/bad-request' } })
    if (!result.ok) expect(result.failure.message).toContain(part)
  })
})
