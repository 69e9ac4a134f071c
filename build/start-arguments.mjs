import { resolve } from 'node:path'

/** Arguments of the app that name a file or a folder. */
const PATH_FLAGS = ['--screenshot', '--profile']

/**
 * The arguments of the app, with paths made absolute: a person means the folder they stand in, and npm starts scripts in
 * the project's.
 * @param {readonly string[]} parameters
 * @param {string} workingDir
 * @returns {string[]}
 */
export function withAbsolutePaths(parameters, workingDir) {
  return parameters.map((parameter, index) => {
    if (PATH_FLAGS.includes(parameters[index - 1] ?? '')) return resolve(workingDir, parameter)
    const [flag = '', ...rest] = parameter.split('=')
    return PATH_FLAGS.includes(flag) && rest.length > 0
      ? `${flag}=${resolve(workingDir, rest.join('='))}`
      : parameter
  })
}
