/**
 * The list of the desk's pins: what its rows show and what a press on them does.
 */
import { t } from '../shared/i18n.js';
import { PinList } from './list.js';
import { fillRow } from './row.js';

/** @import {Category} from './types' */
/** @import {Triage} from './triage.js' */
/** @import {KnownPins} from './acts.js' */
/** @typedef {{pins: KnownPins, categories: Map<string, Category>, triage: Triage, open: (number: number) => void}} PinListWays */

/** @param {HTMLElement} el @param {PinListWays} ways */
export const pinList = (el, { pins, categories, triage, open }) =>
  new PinList(el, {
    label: t('Pins'),
    fill: (button, number) => {
      const pin = pins.get(number);
      if (pin) fillRow(button, pin, categories);
    },
    open,
    isTicked: (number) => triage.selection.has(number),
    tick: (number, isRange) => triage.tick(number, isRange),
    tickWord: (number) => t('Tick pin {n}', { n: number }),
  });
