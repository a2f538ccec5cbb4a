// SPDX-License-Identifier: Apache-2.0
/**
 * NARX models: nonlinear autoregressive networks with exogenous inputs, that is, tapped delay lines
 * on inputs and fed-back outputs in front of a small network.
 */
package dev.unspool.narx;
