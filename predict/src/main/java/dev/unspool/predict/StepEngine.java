// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/**
 * A way to run steps. There is one of plain loops here, and whoever has a faster one offers it as a
 * service of {@link java.util.ServiceLoader}, as Unspool's library for Java 25 does.
 */
public interface StepEngine {
  /** Steps of plain loops in float64, on any Java. */
  StepEngine PLAIN = PlainStep::new;

  /**
   * Prepares a step.
   *
   * @param weights of that step
   * @param precision in which the model was trained
   * @return what runs it: to 1e-6 of the outputs' size as the trainer did
   */
  StepRunner prepare(RecordedStep step, Weights weights, Precision precision);
}
