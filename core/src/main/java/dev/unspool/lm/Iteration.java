// SPDX-License-Identifier: Apache-2.0
package dev.unspool.lm;

/**
 * Where a fit stands after an iteration.
 *
 * @param number from 1
 * @param rmse root mean square of the (weighted) residuals
 * @param lambda damping
 * @param gradient the largest cosine between residuals and a column of the Jacobian
 * @param attempts steps tried, the last of which was taken
 * @param seconds since the beginning
 * @param theta where it stands; not to be modified
 */
public record Iteration(
    int number,
    double rmse,
    double lambda,
    double gradient,
    int attempts,
    double seconds,
    double[] theta) {}
