// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

/**
 * What a loss says of some steps.
 *
 * @param value the number to be made small
 * @param weight how much it counts beside other values of the same loss: for a mean, the sum of the
 *     mask over the steps and lanes that it is a mean of, less where targets are missing; 0 if
 *     nothing counted
 */
public record LossValue(double value, double weight) {
  /** Nothing counted. */
  public static final LossValue NOTHING = new LossValue(0, 0);
}
