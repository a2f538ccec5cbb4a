// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import org.jspecify.annotations.Nullable;

/**
 * An array of the state.
 *
 * @param name e.g. {@code layer0.h}
 * @param entering its value with which the step runs: a leaf
 * @param leaving its value after the step
 * @param initial its value where a sequence begins, which depends on parameters alone; null for
 *     zeros
 */
public record StateArray(String name, Node entering, Node leaving, @Nullable Node initial) {
  /** Number of values of one lane. */
  public int width() {
    return entering.width();
  }
}
