// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.SaidLater;
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
 * @param unclear whether nobody has said whose clocks the times are of; null without times, and in
 *     files that do not say it
 */
public record Extent(
    long end,
    List<String> flagged,
    ModelDescription.@Nullable Clock clock,
    @SaidLater @Nullable Boolean unclear) {

  /** When rows are; null if nobody said so. */
  public @Nullable TimeAxis axis() {
    return clock == null ? null : clock.axis();
  }
}
