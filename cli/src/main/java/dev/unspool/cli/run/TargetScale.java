// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.predict.Outputs;

/**
 * A target in its table.
 *
 * @param column its number in the table
 * @param known whether its newest value is known where the next one is predicted
 * @param said how an output becomes a value of it
 */
record TargetScale(int column, boolean known, Outputs.Target said) {
  /** Name of the column. */
  String name() {
    return said.name();
  }
}
