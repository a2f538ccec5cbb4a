// SPDX-License-Identifier: Apache-2.0
/** How good forecasts are: errors, scores of distributions, and bands that keep their promise. */
package dev.unspool.score;
