// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@link RecordedStep}.
 *
 * @param operation what is done
 * @param of what it is done to: numbers of earlier instructions
 * @param width number of units of the result
 * @param name of the state or the weights that it speaks of; null if it speaks of none
 * @param number that it speaks of; null if it speaks of none
 */
public record Instruction(
    Operation operation,
    List<Integer> of,
    int width,
    @Nullable String name,
    @Nullable Double number) {

  /** Copies the list. */
  public Instruction {
    Objects.requireNonNull(operation, "'operation' is missing");
    of = of == null ? List.of() : List.copyOf(of);
    if (width < 1) {
      throw new IllegalArgumentException("%s has the width %s".formatted(operation, width));
    }
  }
}
