// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.Arrays;
import java.util.List;

/**
 * How measured outputs reach a model that feeds its own outputs back.
 *
 * @param plant what holds them
 * @param step whose state they are in
 */
record PlantTaps(ModelDescription.Plant plant, RecordedStep step) {
  /**
   * Takes a row that is not predicted: it only fills the delays.
   *
   * @param x what the model sees of the row
   * @param measured outputs as the model sees them; NaN where none was
   */
  void fill(double[] state, double[] x, double[] measured) {
    shift(plant.inputs(), state, x);
    shift(
        plant.outputs(),
        state,
        Arrays.stream(measured).map(y -> Double.isNaN(y) ? 0 : y).toArray());
  }

  /** Puts measured outputs in the place of the model's own, once it has made a step. */
  void see(double[] state, double[] measured) {
    if (plant.outputs().isEmpty() || !plant.forgets()) {
      return;
    }
    int first = at(plant.outputs().get(0));
    for (int i = 0; i < measured.length; i++) {
      if (!Double.isNaN(measured[i])) {
        state[first + i] = measured[i];
      }
    }
  }

  /** Puts values into the first of some states, and what was there into the next. */
  private void shift(List<String> delays, double[] state, double[] newest) {
    for (int i = delays.size() - 1; i > 0; i--) {
      System.arraycopy(state, at(delays.get(i - 1)), state, at(delays.get(i)), newest.length);
    }
    if (!delays.isEmpty()) {
      System.arraycopy(newest, 0, state, at(delays.get(0)), newest.length);
    }
  }

  /** Where an array begins in the state. */
  private int at(String array) {
    int at = 0;
    for (RecordedStep.State each : step.states()) {
      if (each.name().equals(array)) {
        return at;
      }
      at += each.width();
    }
    throw new IllegalArgumentException("no state '%s'".formatted(array));
  }
}
