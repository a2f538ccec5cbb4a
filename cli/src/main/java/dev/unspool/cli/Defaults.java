// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.ReportConfig;

/**
 * What options are when they are not given. Those that differ stand twice: a table has thousands of
 * rows and a smooth course, a text millions of tokens. They were chosen on the validation parts of
 * several data sets ({@code docs/training.md}); small series need many updates, so few lanes and a
 * short k1.
 */
final class Defaults {
  static final int CSV_HIDDEN = 64;
  static final int TEXT_HIDDEN = 256;
  static final String CSV_CELL = "gru";
  static final String TEXT_CELL = "lstm";
  static final int LAYERS = 1;
  static final int DROPOUT = 0;
  static final int EMBEDDING = 64;

  static final int CSV_K1 = 10;
  static final int TEXT_K1 = 50;
  static final int CSV_K2 = 50;
  static final int TEXT_K2 = 50;
  static final int CSV_LANES = 4;
  static final int TEXT_LANES = 16;
  static final int CSV_EPOCHS = 60;
  static final int TEXT_EPOCHS = 10;
  static final int CSV_PATIENCE = 10;
  static final int TEXT_PATIENCE = 5;

  static final double LR_CSV = 0.003;
  static final double LR_TEXT = 0.004;
  static final int WARM_UP = 100;
  static final int DECAY_AFTER = 6;
  static final double DECAY_FACTOR = 1.2;
  static final int CLIP = 1;

  static final double VALID = 0.1;
  static final double CSV_TEST = 0.2;
  static final int TEXT_TEST = 0;
  static final int VOCABULARY = 10_000;
  static final int SEED = 1;
  static final int REPORT_EVERY = 5;
  static final int CHECKPOINT_EVERY = ReportConfig.CHECKPOINT_EVERY;

  private Defaults() {}
}
