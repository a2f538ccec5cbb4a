// SPDX-License-Identifier: Apache-2.0
/**
 * Levenberg-Marquardt: non-linear least squares for networks of up to some thousand parameters,
 * composed of a {@link dev.unspool.lm.Damping}, a linear solver and {@link
 * dev.unspool.lm.StopRules}.
 */
package dev.unspool.lm;
