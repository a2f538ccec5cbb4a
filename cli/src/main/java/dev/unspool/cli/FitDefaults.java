// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

/** What the options of {@code fit} are when they are not given. */
final class FitDefaults {
  static final int HIDDEN = 8;
  static final String INPUT_DELAYS = "0-3";
  static final String OUTPUT_DELAYS = "1-3";
  static final String CELL_INPUT_DELAYS = "0";
  static final String CELL_OUTPUT_DELAYS = "none";
  static final int CELL_K2 = 50;
  static final int WARM_UP = 20;

  static final int ITERATIONS = 300;
  static final int STARTS = 5;
  static final int START_ITERATIONS = 20;
  static final int PATIENCE = 100;

  static final double VALID = 0.2;
  static final double TEST = 0.2;
  static final int SEED = 1;

  private FitDefaults() {}
}
