// SPDX-License-Identifier: Apache-2.0
/**
 * Matrix products and other hot loops, on vectors where the machine has them and in plain Java
 * everywhere. Not exported.
 */
package dev.unspool.kernel;
