// SPDX-License-Identifier: Apache-2.0
/** Jacobians: the derivatives of the outputs of every step, truncated at k2 or not. */
package dev.unspool.jacobian;
