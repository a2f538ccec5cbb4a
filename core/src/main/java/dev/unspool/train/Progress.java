// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

/**
 * What one update did.
 *
 * @param update number of this update, from 1
 * @param epoch pass over the data in which it happened, from 1
 * @param steps steps (of every lane) run since training began
 * @param loss that the sweep differentiated, at the weights before the update
 * @param weight steps and lanes that the loss counted
 * @param gradientNorm before clipping
 * @param rate learning rate
 * @param skipped whether θ was left as it is: the gradient is not finite, or somebody said so
 */
public record Progress(
    long update,
    int epoch,
    long steps,
    double loss,
    double weight,
    double gradientNorm,
    double rate,
    boolean skipped) {}
