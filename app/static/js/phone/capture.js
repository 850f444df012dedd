/**
 * From camera or file to a photo worth storing: upright, at most 1600 px, JPEG, without metadata, with thumbnail and hash.
 */
/** @import {PreparedPhoto, CameraResult} from './types' */
const soon = () => { throw new Error('signature only'); };
/** The file is larger than can be sent and cannot be decoded here. */
export class PhotoUnusable extends Error { code = 'photo_unusable'; }
/** @param {Blob} source @param {{longEdge?: number, quality?: number}} [options] @returns {Promise<PreparedPhoto>} */
export async function preparePhoto(source, options = {}) { return soon(source, options); }
/** Open the viewfinder; not ok after 1.5 s or on refusal, then use <input type=file capture>. @param {{timeout?: number}} [options] @returns {Promise<CameraResult>} */
export async function openCamera(options = {}) { return soon(options); }
