// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.network.Network;
import java.util.Random;

/**
 * What all contenders of a shape compute with: the same weights, and the same steps, of which the
 * first k2 (rounded up to a multiple of k1) fill the window and each further k1 are one more
 * update.
 *
 * @param shape the piece of work
 * @param network its model
 * @param theta random weights, always the same; whoever changes them makes a copy
 * @param inputs steps × lanes × features
 * @param targets steps × lanes × features
 * @param updates with a full window that these steps make up
 */
public record Sample(
    Shape shape, Network network, Parameters theta, Steps inputs, Steps targets, int updates) {
  /** So many that what an interpreter does once a pass does not count. */
  private static final int MOST_UPDATES = 20;

  /** So few where one update takes a tenth of a second. */
  private static final int FEWEST_UPDATES = 4;

  /** Operations of a pass that is long enough. */
  private static final double OPERATIONS = 2e9;

  /** Random weights and data. */
  public static Sample of(Shape shape) {
    var network = new Network(shape.network());
    var random = new Random(1);
    var theta = network.initialise(random);
    int updates =
        (int) Math.clamp(OPERATIONS / shape.operations(), FEWEST_UPDATES, (double) MOST_UPDATES);
    int steps = fill(shape) + (updates - 1) * shape.k1();
    int features = shape.vocabulary() == 0 ? shape.hidden() : 1;
    var inputs = Steps.allocate(steps, shape.lanes(), features);
    var targets = Steps.allocate(steps, shape.lanes(), features);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = value(shape, random);
      targets.values()[i] = value(shape, random);
    }
    return new Sample(shape, network, theta, inputs, targets, updates);
  }

  private static float value(Shape shape, Random random) {
    return shape.vocabulary() == 0
        ? (float) random.nextGaussian()
        : random.nextInt(shape.vocabulary());
  }

  /** Steps up to and including the first update with a full window. */
  int fill() {
    return fill(shape);
  }

  private static int fill(Shape shape) {
    return Math.ceilDiv(shape.k2(), shape.k1()) * shape.k1();
  }
}
