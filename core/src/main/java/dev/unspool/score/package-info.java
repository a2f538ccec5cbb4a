// SPDX-License-Identifier: Apache-2.0
/**
 * How good forecasts are: errors, scores of distributions, and bands that keep their promise; and
 * what goes on with a stream that does not end: scales, errors of forecasts made before learning,
 * drift.
 */
package dev.unspool.score;
