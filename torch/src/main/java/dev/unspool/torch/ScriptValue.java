// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

/**
 * A value of a script.
 *
 * @param code a variable, an attribute or a number
 * @param width number of units
 * @param rows whether it has extents before the units
 */
record ScriptValue(String code, int width, boolean rows) {}
