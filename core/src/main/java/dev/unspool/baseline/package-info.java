// SPDX-License-Identifier: Apache-2.0
/**
 * What a forecast has to be better than: the newest value, the last season's, a linear model; of a
 * table, or of a stream.
 */
package dev.unspool.baseline;
