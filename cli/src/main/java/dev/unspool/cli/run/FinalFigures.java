// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How well a model does, whatever made it: {@code metrics.json}. */
public interface FinalFigures {
  /** Lines for people. */
  List<String> describe();

  /** Why the fit ended that made it; null if it was trained. */
  @Nullable String stopReason();
}
