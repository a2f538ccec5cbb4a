// SPDX-License-Identifier: Apache-2.0
/** From the rows of a table to a model's inputs, and from its outputs to forecasts. */
package dev.unspool.predict;
