// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * Where a value stands in its home.
 *
 * @param home which array
 * @param column of its first unit
 */
record Spot(Home home, int column) {}
