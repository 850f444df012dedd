/**
 * One way to talk to the server. Never throws; says apart "no answer", "somebody else answered" and "the server says no".
 */
/** @import {ApiResult} from '../phone/types' */
const soon = () => { throw new Error('signature only'); };
/** @param {string} method @param {string} path @param {{body?: string | ArrayBuffer | Blob | object, headers?: Record<string, string>, signal?: AbortSignal, timeout?: number}} [options] a plain object is sent as JSON; timeout in ms, 30 s by default @returns {Promise<ApiResult>} */
export async function request(method, path, options = {}) { return soon(method, path, options); }
