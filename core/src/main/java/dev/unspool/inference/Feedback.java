// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

/** How a prediction becomes the next input of a forecast over several steps. */
@FunctionalInterface
public interface Feedback {
  /** For models whose inputs are the outputs of the step before: copies them. */
  Feedback OUTPUT_IS_INPUT =
      (step, output, input) -> {
        if (output.length != input.length) {
          throw new IllegalArgumentException(
              ("a model of %s inputs and %s outputs cannot feed its predictions back; give the"
                      + " other inputs of the future")
                  .formatted(input.length, output.length));
        }
        System.arraycopy(output, 0, input, 0, input.length);
      };

  /**
   * Makes the input of the next step.
   *
   * @param step number of the prediction, from 0
   * @param output lanes × outputs, the prediction; not modified
   * @param input lanes × inputs, the input of the step before; overwritten with the next one
   */
  void next(long step, float[] output, float[] input);
}
