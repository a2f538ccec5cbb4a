// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/**
 * A number that a linear model reads.
 *
 * @param column of the rows
 * @param ahead rows after the newest known one: 0 for that itself, negative for older ones;
 *     positive only for what is known in advance
 */
public record Regressor(int column, int ahead) {}
