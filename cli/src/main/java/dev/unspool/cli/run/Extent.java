// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.TimeAxis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found about a table with gaps: how far its targets go, and when its rows are.
 *
 * @param end rows up to the newest known target; those behind it are the future
 * @param flagged columns of which some numbers of the training part are missing, so that a network
 *     is told where
 * @param clock when rows are; null if nobody said so
 */
public record Extent(long end, List<String> flagged, ModelDescription.@Nullable Clock clock) {

  /** When rows are; null if nobody said so. */
  public @Nullable TimeAxis axis() {
    return clock == null ? null : clock.axis();
  }
}
