// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.Model;
import dev.unspool.network.Network;
import dev.unspool.step.StepProgram;
import org.jspecify.annotations.Nullable;

/** Models that were written down as equations. */
final class Recorded {
  private Recorded() {}

  /** The equations of a model; null if it is something else. */
  static @Nullable StepProgram of(Model model) {
    return switch (model) {
      case Network network -> network.program();
      case StepProgram program -> program;
      default -> null;
    };
  }
}
