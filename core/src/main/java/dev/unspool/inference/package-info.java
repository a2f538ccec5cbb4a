// SPDX-License-Identifier: Apache-2.0
/** Trained models at work: predictions, forecasts over several steps, scores, samples. */
package dev.unspool.inference;
