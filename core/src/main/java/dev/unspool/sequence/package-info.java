// SPDX-License-Identifier: Apache-2.0
/**
 * A step program over whole sequences in float64: its outputs, and the derivatives of every one of
 * them. What Jacobians and Levenberg-Marquardt stand on. Not exported.
 */
package dev.unspool.sequence;
