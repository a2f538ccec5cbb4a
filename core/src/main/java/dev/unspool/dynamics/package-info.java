// SPDX-License-Identifier: Apache-2.0
/**
 * Small dynamic networks in float64 and the derivatives of every one of their outputs: what the
 * Jacobians of built-in models and NARX models have in common. Not exported.
 */
package dev.unspool.dynamics;
